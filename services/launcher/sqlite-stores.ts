import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../contracts/settings.ts';
import { systemClock } from '../platform/clock.ts';
import { openDatabase, type Database } from '../platform/sqlite.ts';
import { createMemoryAdmissionQueue } from './admission/memory-admission-queue.ts';
import { createMemoryRateLimiter, makeLaunchRate } from './admission/rate-limiter.ts';
import { createSqliteDurations } from './admission/sqlite-durations.ts';
import { createAttendance } from './attendance.ts';
import { createMemoryBuildWishes } from './builds/build-wishes.ts';
import { createSqliteBuildQueue } from './builds/sqlite-build-queue.ts';
import { timeBuilds } from './builds/time-builds.ts';
import { readLastLaunches } from './events/last-launches.ts';
import { createSqliteEventLog } from './events/sqlite-event-log.ts';
import { createSqlitePoolDemands } from './pool/pool-demands.ts';
import { ownPoolTurn } from './pool/pool-turn.ts';
import { createMemoryRecentLaunches } from './pool/recent-launches.ts';
import { createSessionHistory } from './sessions/session-history.ts';
import { readOrCreateSecret } from './sessions/session-secret.ts';
import { ownActivity } from './sessions/shared-activity.ts';
import { createUsedCodes } from './sessions/used-codes.ts';
import { MIGRATIONS } from './store.ts';
import type { Stores } from './stores.ts';

const DATABASE = 'slipway.sqlite';

/** Opens the database of one process. */
const openStore = (data: string): Database => openDatabase(join(data, DATABASE), MIGRATIONS);

/** Opens the stores of the one process of an installation, in its data directory. */
export const createSqliteStores = ({
  data,
  build,
  admission,
}: Pick<Settings, 'data' | 'build' | 'admission'>): Stores => {
  const database = openStore(data);
  const durations = createSqliteDurations(database);
  const builds = createSqliteBuildQueue(database, build.perRepository);
  return {
    events: createSqliteEventLog(database),
    builds: timeBuilds(builds, { durations, clock: systemClock }),
    buildWishes: createMemoryBuildWishes(systemClock),
    history: createSessionHistory(database),
    admissionQueue: createMemoryAdmissionQueue(),
    durations,
    limiter: createMemoryRateLimiter(makeLaunchRate(admission, systemClock)),
    openAttendance: (onAbandoned) =>
      createAttendance({ graceMs: admission.graceSeconds * 1000, clock: systemClock, onAbandoned }),
    recentLaunches: createMemoryRecentLaunches(),
    poolTurn: ownPoolTurn,
    poolDemands: createSqlitePoolDemands(database),
    usedCodes: createUsedCodes(systemClock),
    activity: ownActivity,
    readSecret: () => readOrCreateSecret(join(data, 'secret')),
    lastLaunches: async () => readLastLaunches(database),
    checks: [],
    close: async () => database.close(),
  };
};

/** When each image was launched last according to a data directory, which need not exist. */
export const findLastLaunches = (data: string): Map<string, number> => {
  if (!existsSync(join(data, DATABASE))) return new Map();
  using database = openStore(data);
  return readLastLaunches(database);
};
