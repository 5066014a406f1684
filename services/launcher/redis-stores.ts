import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Settings } from '../contracts/settings.ts';
import type { Logger } from '../platform/logger.ts';
import { systemClock } from '../platform/clock.ts';
import { openRedis, type RedisStore } from '../platform/redis.ts';
import { createRedisLease } from '../platform/redis-lease.ts';
import { makeLaunchRate } from './admission/rate-limiter.ts';
import { createRedisAdmissionQueue } from './admission/redis-admission-queue.ts';
import { createRedisDurations } from './admission/redis-durations.ts';
import { createRedisRateLimiter } from './admission/redis-rate-limiter.ts';
import { createRedisBuildQueue } from './builds/redis-build-queue.ts';
import { createRedisBuildWishes } from './builds/redis-build-wishes.ts';
import { timeBuilds } from './builds/time-builds.ts';
import { createRedisEventLog } from './events/redis-event-log.ts';
import { createRedisPoolDemands } from './pool/redis-pool-demands.ts';
import { createRedisPoolTurn } from './pool/redis-pool-turn.ts';
import { createRedisRecentLaunches } from './pool/redis-recent-launches.ts';
import { createRedisAttendance } from './redis-attendance.ts';
import { createRedisSessionHistory } from './sessions/redis-session-history.ts';
import { createRedisSharedActivity } from './sessions/redis-shared-activity.ts';
import { createRedisUsedCodes } from './sessions/redis-used-codes.ts';
import { readSecret, SECRET_BYTES } from './sessions/session-secret.ts';
import type { Stores } from './stores.ts';

/**
 * The secret that all processes share is in Redis. The first process brings it: the one of its data directory, so that
 * sessions of a server that had no Redis before stay reachable.
 */
const readSharedSecret = async ({ client, prefix }: RedisStore, file: string): Promise<Buffer> => {
  const key = `${prefix}:secret`;
  const own = (await readSecret(file)) ?? randomBytes(SECRET_BYTES);
  await client.set(key, own.toString('base64'), 'NX');
  return Buffer.from((await client.get(key)) ?? '', 'base64');
};

/** Opens the stores that the processes of an installation share. */
export const createRedisStores = (settings: Settings, logger: Logger): Stores => {
  const { url, prefix, lossSeconds } = settings.redis;
  const onError = (error: Error): void => logger.warn({ err: error }, 'Redis does not answer; trying again');
  const redis = openRedis({ url, prefix }, onError);
  const lossMs = lossSeconds * 1000;
  const lease = createRedisLease({ redis, lossMs, onError });
  const admissionQueue = createRedisAdmissionQueue({ redis, lease, onError });
  const events = createRedisEventLog({ redis, lossMs });
  const { concurrency, perRepository } = settings.build;
  const builds = createRedisBuildQueue({ redis, lease, lossMs, concurrency, perRepository, onError });
  const durations = createRedisDurations(redis);
  const graceMs = settings.admission.graceSeconds * 1000;
  return {
    events,
    builds: timeBuilds(builds, { durations, clock: systemClock }),
    buildWishes: createRedisBuildWishes({ redis, lease, onError }),
    history: createRedisSessionHistory(redis),
    admissionQueue,
    durations,
    limiter: createRedisRateLimiter(redis, makeLaunchRate(settings.admission, systemClock)),
    openAttendance: (onAbandoned) =>
      createRedisAttendance({ redis, graceMs, clock: systemClock, onAbandoned, onError }),
    recentLaunches: createRedisRecentLaunches(redis),
    poolTurn: createRedisPoolTurn(redis, lease),
    poolDemands: createRedisPoolDemands(redis),
    usedCodes: createRedisUsedCodes(redis),
    activity: createRedisSharedActivity(redis),
    readSecret: () => readSharedSecret(redis, join(settings.data, 'secret')),
    lastLaunches: () => events.lastLaunches(),
    checks: [{ service: 'Redis', check: async () => void (await redis.client.ping()) }],
    close: async () => {
      events.close();
      admissionQueue.close();
      await builds.close();
      lease.close();
      await redis.close();
    },
  };
};
