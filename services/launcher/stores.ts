import type { Settings } from '../contracts/settings.ts';
import type { Logger } from '../platform/logger.ts';
import type { AdmissionQueue } from './admission/admission-queue.ts';
import type { Durations } from './admission/durations.ts';
import type { RateLimiter } from './admission/rate-limiter.ts';
import type { OpenAttendance } from './attendance.ts';
import type { BuildQueue } from './builds/build-queue.ts';
import type { EventLog } from './events/event-log.ts';
import type { BuildWishes } from './builds/build-wishes.ts';
import type { PoolDemands } from './pool/pool-demands.ts';
import type { PoolTurn } from './pool/pool-turn.ts';
import type { RecentLaunches } from './pool/recent-launches.ts';
import type { HealthCheck } from './routes/health.ts';
import type { SessionHistory } from './sessions/session-history.ts';
import type { SharedActivity } from './sessions/shared-activity.ts';
import type { UsedCodes } from './sessions/used-codes.ts';
import { createSqliteStores, findLastLaunches as findInDatabase } from './sqlite-stores.ts';

/** All that outlives a process, or that several share, beside what runs: history, and work that is not done. */
export type Stores = {
  readonly events: EventLog;
  readonly builds: BuildQueue;
  readonly buildWishes: BuildWishes;
  readonly history: SessionHistory;
  readonly admissionQueue: AdmissionQueue;
  readonly durations: Durations;
  /** Of new launches. */
  readonly limiter: RateLimiter;
  readonly openAttendance: OpenAttendance;
  readonly recentLaunches: RecentLaunches;
  readonly poolTurn: PoolTurn;
  readonly poolDemands: PoolDemands;
  readonly usedCodes: UsedCodes;
  readonly activity: SharedActivity;
  /** The secret of the installation, made at the first use. */
  readSecret(): Promise<Buffer>;
  /** When each image was launched last, by name: milliseconds since 1970. */
  lastLaunches(): Promise<ReadonlyMap<string, number>>;
  readonly checks: readonly HealthCheck[];
  /** Gives back builds that are not finished, and closes what was opened. */
  close(): Promise<void>;
};

/** The libraries of Redis are large, and most servers have none: they are loaded only where one is. */
const createRedisStores = async (settings: Settings, logger: Logger): Promise<Stores> =>
  (await import('./redis-stores.ts')).createRedisStores(settings, logger);

/** Opens the stores that the settings name. */
export const createStores = async (settings: Settings, logger: Logger): Promise<Stores> =>
  settings.redis.url === '' ? createSqliteStores(settings) : createRedisStores(settings, logger);

/** When each image of an installation was launched last, whether or not a server runs. */
export const findLastLaunches = async (settings: Settings, logger: Logger): Promise<ReadonlyMap<string, number>> => {
  if (settings.redis.url === '') return findInDatabase(settings.data);
  const stores = await createRedisStores(settings, logger);
  try {
    return await stores.lastLaunches();
  } finally {
    await stores.close();
  }
};
