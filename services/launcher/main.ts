import type { FastifyInstance } from 'fastify';
import type { Settings } from '../contracts/settings.ts';
import { systemClock } from '../platform/clock.ts';
import type { DockerEngine } from '../platform/docker-engine.ts';
import type { Logger } from '../platform/logger.ts';
import { createTracer, type Tracer } from '../platform/tracing.ts';
import { createControlApp } from './app.ts';
import { createAdmissionParts } from './create-admission.ts';
import { createHealthChecks } from './create-health-checks.ts';
import { createLaunches } from './create-launches.ts';
import { createSessions, openSessions } from './create-sessions.ts';
import type { IsolationKeeper } from './isolation/isolation-keeper.ts';
import type { SessionIsolation } from './isolation/session-isolation.ts';
import type { ContentSource } from './content/content-source.ts';
import type { ImageFinder } from './launch-pipeline.ts';
import type { LaunchService } from './launches.ts';
import { createMetrics } from './metrics.ts';
import { runPool, type RunningPool } from './pool/run-pool.ts';
import type { WarmPool } from './pool/warm-pool.ts';
import type { SessionServer } from './proxy/session-server.ts';
import type { WaitingParts } from './routes/v1/api-parts.ts';
import type { Reconciler } from './reconcile/reconciler.ts';
import { findSessionBridge, removeSessionNetwork, type NetworkOwner } from './sessions/session-network.ts';
import type { EngineOutages } from './sessions/engine-outages.ts';
import { stopAllSessions } from './sessions/stop-all-sessions.ts';
import { createStores, type Stores } from './stores.ts';

export type LauncherOptions = {
  readonly settings: Settings;
  readonly engine: DockerEngine;
  /** What outlives the process; whoever opened it closes it, after the launcher. */
  readonly stores: Stores;
  /** Search path and certificate variables for git. */
  readonly env: NodeJS.ProcessEnv;
  readonly images: ImageFinder;
  readonly contents: ContentSource;
  readonly logger: Logger;
  readonly webDist: string;
  readonly version: string;
};

export type Launcher = {
  /** The control listener, not listening yet. */
  readonly control: FastifyInstance;
  /** The session listener, not listening yet. */
  readonly sessions: SessionServer;
  /** Finds running sessions, goes on with unfinished launches, then keeps order until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** Ends streams and launches, which stay unfinished; sessions live on. */
  close(): Promise<void>;
};

type Loops = {
  readonly launches: LaunchService;
  readonly reconciler: Reconciler;
  readonly keeper: IsolationKeeper;
  readonly outages: EngineOutages;
  readonly pool: RunningPool;
  readonly adoptMs: number;
  readonly logger: Logger;
};

/** Goes on with the launches of processes that are gone, again and again. */
const adoptLaunches = async ({ launches, adoptMs, logger }: Loops, signal: AbortSignal): Promise<void> => {
  while (!signal.aborted) {
    try {
      const resumed = await launches.resumeUnfinished();
      if (resumed > 0) logger.info({ launches: resumed }, 'going on with unfinished launches');
    } catch (error) {
      logger.warn({ err: error }, 'unfinished launches could not be looked for; trying again');
    }
    await systemClock.sleep(adoptMs, signal).catch(() => undefined);
  }
};

const runLoops = async (loops: Loops, signal: AbortSignal): Promise<void> => {
  const { reconciler, keeper, outages, pool, logger } = loops;
  const watching = outages.run(signal);
  await reconciler.reconcile().catch((error: unknown) => {
    logger.warn({ err: error }, 'the sessions could not be listed; trying again');
  });
  const all = [reconciler.run(signal), keeper.run(signal), runPool(pool, signal), adoptLaunches(loops, signal)];
  await Promise.all([watching, ...all]);
};

const portOf = (server: { address(): ReturnType<SessionServer['server']['address']> }): number => {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const openTracer = async ({ settings, version }: LauncherOptions): Promise<Tracer | undefined> => {
  const { tracesUrl: url } = settings.telemetry;
  return url === '' ? undefined : createTracer({ url, service: 'slipway', version });
};

type PoolUsers = Pick<RunningPool, 'pool' | 'providers' | 'admission'>;

const describePool = ({ settings, images, stores, logger }: LauncherOptions, users: PoolUsers): RunningPool => ({
  ...users,
  images,
  logger,
  repositories: settings.pool.repositories,
  demands: stores.poolDemands,
  checkMs: settings.pool.checkSeconds * 1000,
  builds: stores.builds,
  imagePrefix: settings.imagePrefix,
  publicUrl: settings.publicUrl,
  clock: systemClock,
});

const describeWaiting = ({ settings, stores }: LauncherOptions, pool: Pick<WarmPool, 'waiting'>): WaitingParts => ({
  demands: stores.poolDemands,
  count: () => pool.waiting().length,
  most: settings.pool.sessions,
});

const makeChecks = ({ settings, engine, stores }: LauncherOptions, keeper: IsolationKeeper) => [
  ...createHealthChecks({ settings, engine, egress: () => keeper.checkEgress() }),
  ...stores.checks,
];

/** What the control listener may do with sessions. */
const describeSessions = ({ service, life, keys, server, directory }: Awaited<ReturnType<typeof createSessions>>) => ({
  sessions: service,
  life,
  keys,
  sessionPort: () => portOf(server.server),
  countSessions: () => directory.all().length,
});

/** Constructs the launcher: adapters first, then what is made of them. Nothing listens or runs yet. */
export const createLauncher = async (options: LauncherOptions): Promise<Launcher> => {
  const { settings, stores, logger } = options;
  const metrics = createMetrics();
  const tracer = await openTracer(options);
  const adoptMs = settings.redis.lossSeconds * 500;
  const later = { room: () => admission.room(), isBlocked: (client?: string) => isBlocked(client) };
  const sessions = await createSessions({ ...options, ...later, metrics, controlPort: () => portOf(control.server) });
  const { admission, welcome, isBlocked } = createAdmissionParts({ ...options, ...sessions });
  const { providers, launches } = createLaunches({
    ...options,
    metrics,
    tracer,
    admission,
    sessions: sessions.service,
    runtime: sessions.runtime,
  });
  const pool = describePool(options, { pool: sessions.pool, providers, admission });
  const control: FastifyInstance = createControlApp({
    settings,
    launches,
    admission,
    welcome,
    ...describeSessions(sessions),
    buildTokens: settings.buildToken.enabled ? sessions.buildTokens : undefined,
    providers,
    builds: stores.builds,
    waiting: describeWaiting(options, sessions.pool),
    metrics,
    clock: systemClock,
    log: logger,
    checks: makeChecks(options, sessions.keeper),
    sessionQuota: settings.admission.sessions,
    webDist: options.webDist,
    version: options.version,
  });
  return {
    control,
    sessions: sessions.server,
    run: (signal) => {
      const { reconciler, keeper, outages } = sessions;
      return runLoops({ launches, reconciler, keeper, outages, pool, adoptMs, logger }, signal);
    },
    close: async () => {
      await Promise.all([control.close(), sessions.server.close(settings.proxy.drainSeconds * 1000), launches.stop()]);
      await tracer?.close();
    },
  };
};

type EndOptions = Pick<LauncherOptions, 'settings' | 'engine' | 'logger'> & {
  /**
   * Keeps the network, for a server that still runs: it may go on to dial an address of a session for a moment,
   * and without the bridge that address would lead off this machine.
   */
  readonly keepNetwork: boolean;
};

/** The rules first: where they are is found by the bridge. Those that stay are of a bridge that never comes back. */
const removeNetwork = async (owner: NetworkOwner, { egress }: SessionIsolation): Promise<void> => {
  const bridge = await findSessionBridge(owner);
  if (bridge !== undefined) await egress.remove(bridge).catch(() => undefined);
  await removeSessionNetwork(owner);
};

/** Ends all sessions of an installation, then removes their network; gives how many sessions there were. */
export const endAllSessions = async (options: EndOptions): Promise<number> => {
  const stores = await createStores(options.settings, options.logger);
  try {
    const { instance, isolation, runtime, waiting, history } = await openSessions({ ...options, stores });
    for (const { spec } of await waiting.list()) await waiting.discard(spec.id);
    const stopped = await stopAllSessions({ runtime, history, clock: systemClock });
    if (!options.keepNetwork) await removeNetwork({ engine: options.engine, instance }, isolation);
    return stopped;
  } finally {
    await stores.close();
  }
};
