import { createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { availableParallelism, freemem } from 'node:os';
import type { SessionEnd } from '../contracts/session.ts';
import type { Settings } from '../contracts/settings.ts';
import { systemClock } from '../platform/clock.ts';
import type { DockerEngine } from '../platform/docker-engine.ts';
import type { Logger } from '../platform/logger.ts';
import { createProcessorUse } from '../platform/processor-use.ts';
import { createSessionIsolation } from './isolation/session-isolation.ts';
import { createIsolationKeeper } from './isolation/isolation-keeper.ts';
import { findOverDisk } from './isolation/disk-use.ts';
import type { IsBlocked } from './admission/blocked-clients.ts';
import { createClientNames } from './admission/client-network.ts';
import { createBuildTokens } from './http/build-token.ts';
import { withSlash } from './http/visible-address.ts';
import type { Metrics } from './metrics.ts';
import { createDockerWarmRuntime } from './pool/docker-warm-runtime.ts';
import { createWarmPool } from './pool/warm-pool.ts';
import { makeProxyOptions } from './proxy/proxy-options.ts';
import { createSessionServer } from './proxy/session-server.ts';
import { createReconciler } from './reconcile/reconciler.ts';
import { createSessionService } from './sessions/create-session-service.ts';
import { createDockerSessionRuntime } from './sessions/docker-session-runtime.ts';
import type { EndedSession } from './sessions/end-session.ts';
import { watchEngineOutages } from './sessions/engine-outages.ts';
import { createSessionAccess } from './sessions/session-access.ts';
import { createSessionDirectory } from './sessions/session-directory.ts';
import { createSessionLife } from './sessions/session-life.ts';
import { SESSION_KIND } from './sessions/session-labels.ts';
import { findSessionBridge } from './sessions/session-network.ts';
import { createStartPace } from './sessions/start-pace.ts';
import type { Stores } from './stores.ts';

/** While one waits for the engine or a disk, another one computes. */
const STARTS_OF_A_PROCESSOR = 2;

/** Where the sessions of an installation are, with or without a server. */
export type SessionGround = {
  readonly settings: Settings;
  readonly engine: DockerEngine;
  readonly stores: Pick<Stores, 'history' | 'usedCodes' | 'activity' | 'readSecret'>;
};

/** The installation is named after its secret, so that there is one thing to keep and one to lose. */
const makeInstance = (secret: Buffer): string =>
  createHmac('sha256', secret).update('slipway\ninstance').digest('hex').slice(0, 12);

/** What is known of the sessions of an installation, with or without a server. */
export const openSessions = async ({ settings, engine, stores }: SessionGround) => {
  const secret = await stores.readSecret();
  const instance = makeInstance(secret);
  const clock = systemClock;
  const isolation = createSessionIsolation({ engine, instance, settings });
  const outages = watchEngineOutages(engine, clock);
  const place = { engine, instance, limits: settings.sessions, isolation, clock, outages };
  const [runtime, waiting] = [createDockerSessionRuntime(place), createDockerWarmRuntime(place)];
  const { history, activity, usedCodes } = stores;
  const directory = createSessionDirectory({ runtime, history, activity, clock });
  const keys = createSessionAccess({ secret, clock, usedCodes });
  const nameClient = createClientNames(secret);
  const buildTokens = createBuildTokens({ secret, seconds: settings.buildToken.seconds, clock });
  return { instance, isolation, outages, runtime, waiting, history, directory, keys, nameClient, buildTokens };
};

type ServedSessions = SessionGround & {
  readonly stores: Pick<Stores, 'durations' | 'recentLaunches' | 'poolTurn'>;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly controlPort: () => number;
  /** How many sessions may wait beside those of visitors. */
  readonly room: () => Promise<number>;
  readonly isBlocked: IsBlocked;
};

type Opened = Awaited<ReturnType<typeof openSessions>>;

const createKeeper = ({ settings, engine, logger }: ServedSessions, { instance, isolation }: Opened) => {
  const limits = settings.isolation;
  return createIsolationKeeper({
    egress: isolation.egress,
    findBridge: () => findSessionBridge({ engine, instance }),
    measureDisks: () => findOverDisk({ engine, instance, limits }, SESSION_KIND),
    everySeconds: limits.checkSeconds,
    clock: systemClock,
    logger,
  });
};

/** The control address as a visitor of the session listener sees it: configured, else the same host, other port. */
const makeControlUrl =
  ({ publicUrl }: Settings, controlPort: () => number) =>
  (request: IncomingMessage): string => {
    if (publicUrl !== '') return withSlash(publicUrl);
    const host = URL.parse(`http://${request.headers.host ?? ''}`)?.hostname ?? '127.0.0.1';
    return `http://${host}:${controlPort()}/`;
  };

/** Counts sessions that are over, and remembers how long they lasted. */
const createOnEnded =
  ({ metrics, stores, logger }: Pick<ServedSessions, 'metrics' | 'stores' | 'logger'>) =>
  ({ code, at }: SessionEnd, { spec, startedAt }: EndedSession): void => {
    metrics.count('slipway_sessions_ended_total', { code });
    const seconds = Math.max(0, at - startedAt) / 1000;
    stores.durations.note({ kind: 'session', canonical: spec.canonical, seconds, at }).catch((error: unknown) => {
      logger.warn({ err: error }, 'how long a session lasted is not remembered');
    });
  };

/** Everything about sessions: how they start, the listener that serves them, and the loop that keeps order. */
export const createSessions = async (parts: ServedSessions) => {
  const { settings, logger, metrics } = parts;
  const opened = await openSessions(parts);
  const { outages, runtime, waiting, history, directory, keys, nameClient, buildTokens } = opened;
  const keeper = createKeeper(parts, opened);
  const [clock, limits] = [systemClock, settings.sessions];
  const { startTimeoutSeconds } = limits;
  const pace = createStartPace({
    atOnce: limits.startsAtOnce === 0 ? STARTS_OF_A_PROCESSOR * availableParallelism() : limits.startsAtOnce,
    processors: createProcessorUse(),
    clock,
  });
  const pool = createWarmPool({
    runtime: waiting,
    sessions: runtime,
    keys,
    pace,
    recent: parts.stores.recentLaunches,
    turn: parts.stores.poolTurn,
    settings,
    availableMemory: freemem,
    room: parts.room,
    clock,
    metrics,
    logger,
  });
  const service = createSessionService({ runtime, directory, keys, pool, pace, startTimeoutSeconds, clock, logger });
  const onEnded = createOnEnded(parts);
  const shared = { runtime, directory, history, keys, limits, clock, logger, onEnded };
  const reconciler = createReconciler({ ...shared, findOverDisk: () => keeper.overDisk(), isBlocked: parts.isBlocked });
  const life = createSessionLife({ runtime, directory, history, limits, clock, logger, onEnded });
  const controlUrl = makeControlUrl(settings, parts.controlPort);
  const server = createSessionServer({ directory, keys, logger, ...makeProxyOptions(settings), controlUrl });
  const loops = { reconciler, keeper, outages };
  return { ...loops, service, runtime, pool, server, directory, life, keys, nameClient, buildTokens };
};
