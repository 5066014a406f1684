import type { BuildRequest } from '../contracts/build.ts';
import { makeImageName } from '../contracts/image-name.ts';
import type { LaunchEvent, ProgressPhase, ReadyEvent } from '../contracts/launch-event.ts';
import type { ContentRequest } from '../contracts/launch.ts';
import type { SessionLimits } from '../contracts/policy.ts';
import type { ResolvedRepository } from '../contracts/repository.ts';
import { fromErrorBody, toSlipwayError, type SlipwayError } from '../contracts/slipway-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { Admission, Place } from './admission/admit.ts';
import { makeBuildWaitingEvent, makeWaitingEvent } from './admission/make-waiting-event.ts';
import type { Durations } from './admission/durations.ts';
import type { WantedBuilds } from './builds/wanted-builds.ts';
import type { ContentStage } from './content/content-stage.ts';
import type { LaunchRecord } from './events/event-log.ts';
import { makeFailedEvent, makeProgressEvent } from './events/make-launch-event.ts';
import type { RepoProviders } from './repo/index.ts';
import { makeSessionOrigin } from './sessions/session-origin.ts';
import type { SessionService } from './sessions/session-service.ts';

/** Where images are looked up. */
export interface ImageFinder {
  /**
   * Whether an image of this name exists, and sees to it that sessions can start from it: yields lines while it is
   * fetched. Throws IMAGE_LOOKUP_FAILED (not knowing is not "absent") and IMAGE_PULL_FAILED.
   */
  find(imageName: string, signal: AbortSignal): AsyncGenerator<string, boolean>;
}

/** What a launch needs of the rest of the launcher, which does everything that touches the world. */
export type LaunchParts = {
  readonly providers: RepoProviders;
  readonly admission: Admission;
  readonly images: ImageFinder;
  readonly builds: WantedBuilds;
  readonly durations: Pick<Durations, 'usual'>;
  readonly sessions: SessionService;
  /** Begins to fetch what a link wants a session to have beside its image. */
  readonly beginContent: (asked: ContentRequest | undefined, signal: AbortSignal) => ContentStage;
  readonly clock: Clock;
  readonly imagePrefix: string;
  /** Told why a launch failed, with the cause that visitors do not see. */
  readonly onFailure: (launch: LaunchRecord, error: SlipwayError) => void;
  /** Told of each launch that ends in a session. */
  readonly onReady?: ((launch: LaunchRecord, repository: ResolvedRepository) => void) | undefined;
};

type Run = { readonly parts: LaunchParts; readonly launch: LaunchRecord; readonly signal: AbortSignal };
type Stage<Result> = AsyncGenerator<LaunchEvent, Result>;

/**
 * A click, from the repository to the running session: yields what happens, ending in one `ready` or one `failed`.
 * Throws only when the signal is aborted; the launch is then unfinished and may be run again from its beginning.
 */
export async function* runLaunch(parts: LaunchParts, launch: LaunchRecord, signal: AbortSignal): Stage<void> {
  try {
    yield* runStages({ parts, launch, signal });
  } catch (thrown) {
    signal.throwIfAborted();
    const error = toSlipwayError(thrown);
    parts.onFailure(launch, error);
    yield makeFailedEvent(error, parts.clock.now());
  }
}

async function* runStages(run: Run): Stage<void> {
  const repository = yield* resolveRepository(run);
  if (run.launch.request.buildOnly === true) yield* buildOnly(run, repository);
  else yield* launchSession(run, repository);
}

async function* launchSession(run: Run, repository: ResolvedRepository): Stage<void> {
  await using place = yield* admit(run, repository);
  const image = yield* findOrBuildImage(run, repository);
  await using content = run.parts.beginContent(run.launch.request.content, run.signal);
  yield* startSession(run, { repository, image, content, limits: place.limits });
}

async function* buildOnly(run: Run, repository: ResolvedRepository): Stage<void> {
  run.parts.admission.judge(repository.canonical);
  const imageName = yield* findOrBuildImage(run, repository);
  yield { phase: 'ready', message: `The image is ${imageName}\n`, at: run.parts.clock.now(), imageName };
}

async function* admit({ parts, launch, signal }: Run, { canonical }: ResolvedRepository): Stage<Place> {
  const { id, createdAt, request } = launch;
  const places = parts.admission.admit({ id, createdAt, canonical, client: request.client }, signal);
  let next = await places.next();
  for (; next.done !== true; next = await places.next()) yield makeWaitingEvent(next.value, parts.clock.now());
  return next.value;
}

/** Passes lines on as events of one phase and gives the result of the work. */
async function* sayWhile<Result>(
  phase: ProgressPhase,
  lines: AsyncGenerator<string, Result>,
  clock: Clock,
): Stage<Result> {
  let next = await lines.next();
  for (; next.done !== true; next = await lines.next()) yield makeProgressEvent(phase, next.value, clock.now());
  return next.value;
}

async function* resolveRepository({ parts, launch, signal }: Run): Stage<ResolvedRepository> {
  const { provider, spec } = launch.request.repo;
  const repoProvider = parts.providers.get(provider);
  yield makeProgressEvent('waiting', 'Looking up the repository.', parts.clock.now());
  const repository = await repoProvider.resolve(spec, signal);
  const found = `Found ${repository.repoUrl} at commit ${repository.commit.slice(0, 12)}.`;
  yield makeProgressEvent('waiting', found, parts.clock.now());
  return repository;
}

async function* findOrBuildImage(run: Run, repository: ResolvedRepository): Stage<string> {
  const { images, imagePrefix: prefix, clock } = run.parts;
  const imageName = makeImageName({ prefix, canonical: repository.canonical, commit: repository.commit });
  const exists = yield* sayWhile('waiting', images.find(imageName, run.signal), clock);
  const { client } = run.launch.request;
  if (!exists) yield* followBuild(run, { imageName, repository, ...(client === undefined ? {} : { client }) });
  const message = exists ? 'Found the image of this commit.\n' : 'The image is built.\n';
  yield { phase: 'built', message, at: clock.now(), imageName };
  return imageName;
}

async function* followBuild({ parts, signal }: Run, request: BuildRequest): Stage<void> {
  const { queued, running } = await parts.builds.depth();
  const usual = await parts.durations.usual('build', request.repository.canonical);
  yield makeBuildWaitingEvent({ queued, running, usual, at: parts.clock.now() });
  const result = yield* parts.builds.follow(request, signal);
  if (!result.ok) throw fromErrorBody(result.error);
}

type Wanted = {
  readonly repository: ResolvedRepository;
  readonly image: string;
  readonly content: ContentStage;
  readonly limits: SessionLimits;
};

async function* startSession({ parts, launch, signal }: Run, wishes: Wanted): Stage<void> {
  const { repository, image, content, limits } = wishes;
  const { sessions, clock } = parts;
  const { repo, launchHost, sessionHost, client } = launch.request;
  const { canonical, repoUrl, refUrl } = repository;
  const request = `v2/${repo.provider}/${repo.spec}`;
  const persistentRequest = `v2/${repository.provider}/${repository.persistentSpec}`;
  yield makeProgressEvent('launching', 'Starting the session.', clock.now());
  const wanted = {
    launchId: launch.id,
    launchHost,
    image,
    canonical,
    repoUrl,
    refUrl,
    request,
    persistentRequest,
    ...(client === undefined ? {} : { client }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
  const { id: sessionId } = yield* sayWhile('launching', sessions.start(wanted, signal, content.prepare), clock);
  const path = content.path();
  const url = `${makeSessionOrigin(sessionHost, sessionId)}${sessions.access(sessionId).path}`;
  parts.onReady?.(launch, repository);
  yield {
    phase: 'ready',
    message: `The session is running at ${url}\n`,
    at: clock.now(),
    url,
    image,
    sessionId,
    ...(path === undefined ? {} : { path }),
    repo_url: repoUrl,
    binder_ref_url: refUrl,
    binder_launch_host: launchHost,
    binder_request: request,
    binder_persistent_request: persistentRequest,
  } satisfies ReadyEvent;
}
