import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { ErrorCode } from '../contracts/errors.ts';
import type { Settings } from '../contracts/settings.ts';
import { createAddressGuard } from '../platform/address-guard.ts';
import { systemClock } from '../platform/clock.ts';
import type { DockerEngine } from '../platform/docker-engine.ts';
import { createGit } from '../platform/git-command.ts';
import type { Logger } from '../platform/logger.ts';
import { openDatabase, type Database } from '../platform/sqlite.ts';
import { createControlApp } from './app.ts';
import type { BuildQueue } from './builds/build-queue.ts';
import { createSqliteBuildQueue } from './builds/sqlite-build-queue.ts';
import { createSqliteEventLog } from './events/sqlite-event-log.ts';
import type { ImageFinder } from './launch-pipeline.ts';
import { createLaunchService, type LaunchService } from './launches.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createSessionServer, type SessionServer } from './proxy/session-server.ts';
import { createReconciler, type Reconciler } from './reconcile/reconciler.ts';
import { createRepoProviders, type RepoProviders } from './repo/index.ts';
import { createSessionService } from './sessions/create-session-service.ts';
import { createDockerSessionRuntime } from './sessions/docker-session-runtime.ts';
import { createSessionAccess } from './sessions/session-access.ts';
import { createSessionDirectory } from './sessions/session-directory.ts';
import { createSessionHistory } from './sessions/session-history.ts';
import { removeSessionNetwork } from './sessions/session-network.ts';
import { readOrCreateSecret } from './sessions/session-secret.ts';
import type { SessionService } from './sessions/session-service.ts';
import { stopAllSessions } from './sessions/stop-all-sessions.ts';
import { MIGRATIONS } from './store.ts';

export type LauncherOptions = {
  readonly settings: Settings;
  readonly engine: DockerEngine;
  /** Search path and certificate variables for git. */
  readonly env: NodeJS.ProcessEnv;
  readonly images: ImageFinder;
  readonly logger: Logger;
  readonly webDist: string;
  readonly version: string;
};

export type Launcher = {
  /** The control listener, not listening yet. */
  readonly control: FastifyInstance;
  /** The session listener, not listening yet. */
  readonly sessions: SessionServer;
  /** Where a builder takes its work. */
  readonly builds: BuildQueue;
  /** Finds running sessions, goes on with unfinished launches, then keeps order until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** Ends streams and launches, which stay unfinished; sessions live on. */
  close(): Promise<void>;
};

const DRAIN_MS = 2000;

/** The installation is named after its secret, so that there is one thing to keep and one to lose. */
const makeInstance = (secret: Buffer): string =>
  createHmac('sha256', secret).update('slipway\ninstance').digest('hex').slice(0, 12);

const openStore = (data: string): Database => openDatabase(join(data, 'slipway.sqlite'), MIGRATIONS);

/** What is known of sessions on this machine, with or without a server. */
const openSessions = async ({ settings, engine }: Pick<LauncherOptions, 'settings' | 'engine'>, database: Database) => {
  const secret = await readOrCreateSecret(join(settings.data, 'secret'));
  const instance = makeInstance(secret);
  const clock = systemClock;
  const runtime = createDockerSessionRuntime({ engine, instance, limits: settings.sessions, clock });
  const history = createSessionHistory(database);
  const directory = createSessionDirectory({ runtime, history, clock });
  return { instance, runtime, history, directory, keys: createSessionAccess({ secret, clock }) };
};

const createProviders = ({ settings, env }: LauncherOptions, metrics: Metrics): RepoProviders =>
  createRepoProviders({
    github: settings.github,
    git: createGit(env),
    guard: createAddressGuard(settings.allowHosts),
    clock: systemClock,
    timeoutMs: settings.lookupTimeoutSeconds * 1000,
    onGithubRemaining: (remaining) => metrics.set('binderhub_github_rate_limit_remaining', remaining),
  });

/** The control address as a visitor of the session listener sees it: configured, else the same host, other port. */
const makeControlUrl =
  ({ publicUrl }: Settings, controlPort: () => number) =>
  (request: IncomingMessage): string => {
    if (publicUrl !== '') return `${publicUrl.replace(/\/+$/, '')}/`;
    const host = URL.parse(`http://${request.headers.host ?? ''}`)?.hostname ?? '127.0.0.1';
    return `http://${host}:${controlPort()}/`;
  };

type Ground = { readonly database: Database; readonly metrics: Metrics };

type Loops = {
  readonly launches: LaunchService;
  readonly reconciler: Reconciler;
  readonly logger: Logger;
};

const runLoops = async ({ launches, reconciler, logger }: Loops, signal: AbortSignal): Promise<void> => {
  await reconciler.reconcile().catch((error: unknown) => {
    logger.warn({ err: error }, 'the sessions could not be listed; trying again');
  });
  const resumed = launches.resumeUnfinished();
  if (resumed > 0) logger.info({ launches: resumed }, 'going on with unfinished launches');
  await reconciler.run(signal);
};

const portOf = (server: { address(): ReturnType<SessionServer['server']['address']> }): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** What launches need, made of the adapters. */
const createLaunches = (options: LauncherOptions, sessions: SessionService, { database, metrics }: Ground) => {
  const providers = createProviders(options, metrics);
  const builds = createSqliteBuildQueue(database);
  const launches = createLaunchService({
    providers,
    images: options.images,
    builds,
    sessions,
    events: createSqliteEventLog(database),
    clock: systemClock,
    metrics,
    imagePrefix: options.settings.imagePrefix,
    log: options.logger,
  });
  return { providers, builds, launches };
};

/** Constructs the launcher: adapters first, then what is made of them. Nothing listens or runs yet. */
export const createLauncher = async (options: LauncherOptions): Promise<Launcher> => {
  const { settings, engine, logger } = options;
  const ground = { clock: systemClock, database: openStore(settings.data), metrics: createMetrics() };
  const { clock, database, metrics } = ground;
  const { runtime, history, directory, keys } = await openSessions(options, database);
  const { startTimeoutSeconds } = settings.sessions;
  const sessions = createSessionService({ runtime, directory, keys, startTimeoutSeconds, clock, logger });
  const { providers, builds, launches } = createLaunches(options, sessions, ground);
  const onEnded = (code: ErrorCode): void => metrics.count('slipway_sessions_ended_total', { code });
  const limits = settings.sessions;
  const reconciler = createReconciler({ runtime, directory, history, keys, limits, clock, logger, onEnded });
  const controlUrl = makeControlUrl(settings, () => portOf(control.server));
  const sessionServer = createSessionServer({ directory, keys, logger, publicUrl: settings.sessionUrl, controlUrl });
  const shared = { settings, launches, sessions, providers, builds, metrics, clock, log: logger };
  const control: FastifyInstance = createControlApp({
    ...shared,
    sessionPort: () => portOf(sessionServer.server),
    countSessions: () => directory.all().length,
    checks: [{ service: 'Docker engine', check: async () => void (await engine.ping()) }],
    webDist: options.webDist,
    version: options.version,
  });
  return {
    control,
    sessions: sessionServer,
    builds,
    run: (signal) => runLoops({ launches, reconciler, logger }, signal),
    close: async () => {
      await Promise.all([control.close(), sessionServer.close(DRAIN_MS), launches.stop()]);
      database.close();
    },
  };
};

type EndOptions = Pick<LauncherOptions, 'settings' | 'engine'> & {
  /**
   * Keeps the network, for a server that still runs: it may go on to dial an address of a session for a moment,
   * and without the bridge that address would lead off this machine.
   */
  readonly keepNetwork: boolean;
};

/** Ends all sessions of a data directory, then removes their network; gives how many sessions there were. */
export const endAllSessions = async (options: EndOptions): Promise<number> => {
  const database = openStore(options.settings.data);
  try {
    const { instance, runtime, history } = await openSessions(options, database);
    const stopped = await stopAllSessions({ runtime, history, clock: systemClock });
    if (!options.keepNetwork) await removeSessionNetwork({ engine: options.engine, instance });
    return stopped;
  } finally {
    database.close();
  }
};
