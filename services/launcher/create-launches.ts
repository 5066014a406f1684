import type { Settings } from '../contracts/settings.ts';
import { createAddressGuard } from '../platform/address-guard.ts';
import { systemClock } from '../platform/clock.ts';
import { createGit } from '../platform/git-command.ts';
import type { Logger } from '../platform/logger.ts';
import type { Tracer } from '../platform/tracing.ts';
import type { Admission } from './admission/admit.ts';
import { createWantedBuilds } from './builds/wanted-builds.ts';
import { beginContent } from './content/content-stage.ts';
import type { ContentSource } from './content/content-source.ts';
import type { ImageFinder } from './launch-pipeline.ts';
import { createLaunchArchive, makeArchivedLaunch } from './events/launch-archive.ts';
import { makeLaunchLogName } from './events/launch-log-name.ts';
import { createLaunchService, type LaunchServiceParts } from './launches.ts';
import type { Metrics } from './metrics.ts';
import { createRepoProviders, type RepoProviders } from './repo/index.ts';
import type { SessionRuntime } from './sessions/session-runtime.ts';
import type { SessionService } from './sessions/session-service.ts';
import type { Stores } from './stores.ts';

type LaunchGround = {
  readonly settings: Settings;
  /** Search path and certificate variables for git. */
  readonly env: NodeJS.ProcessEnv;
  readonly images: ImageFinder;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly tracer?: Tracer | undefined;
  readonly stores: Stores;
  readonly sessions: SessionService;
  readonly admission: Admission;
  readonly contents: ContentSource;
  readonly runtime: SessionRuntime;
};

const createProviders = ({ settings, env, metrics }: LaunchGround): RepoProviders =>
  createRepoProviders({
    settings,
    git: createGit(env),
    guard: createAddressGuard(settings.allowHosts),
    clock: systemClock,
    onGithubRemaining: (remaining) => metrics.set('binderhub_github_rate_limit_remaining', remaining),
    onLookup: ({ provider, outcome, seconds }) =>
      metrics.observe('slipway_repository_lookup_seconds', seconds, { provider, outcome }),
  });

/** Writes launches that succeeded into the archive of the settings; one that cannot be written fails for nobody. */
const createOnReady = ({ settings, logger }: LaunchGround): LaunchServiceParts['onReady'] => {
  const { directory } = settings.launchArchive;
  if (directory === '') return undefined;
  const archive = createLaunchArchive(directory);
  return (launch, repository) => {
    archive.add(makeArchivedLaunch(launch, repository, systemClock.now())).catch((error: unknown) => {
      logger.error({ err: error, launch: makeLaunchLogName(launch.id) }, 'a launch is not in the archive');
    });
  };
};

/** What launches need, made of the adapters. */
export const createLaunches = (ground: LaunchGround) => {
  const { settings, images, logger, metrics, tracer, stores, sessions } = ground;
  const providers = createProviders(ground);
  const launches = createLaunchService({
    providers,
    images,
    builds: createWantedBuilds({
      builds: stores.builds,
      wishes: stores.buildWishes,
      durations: stores.durations,
      finishPercent: settings.admission.finishBuildPercent,
      clock: systemClock,
    }),
    durations: stores.durations,
    openAttendance: stores.openAttendance,
    sessions,
    beginContent: (asked, signal) => beginContent({ ...ground, providers }, asked, signal),
    admission: ground.admission,
    events: stores.events,
    clock: systemClock,
    metrics,
    tracer,
    imagePrefix: settings.imagePrefix,
    log: logger,
    onReady: createOnReady(ground),
  });
  return { providers, launches };
};
