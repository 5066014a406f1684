import { createRedisAdmissionQueue } from '../../services/launcher/admission/redis-admission-queue.ts';
import { createRedisBuildWishes } from '../../services/launcher/builds/redis-build-wishes.ts';
import { createRedisLease } from '../../services/platform/redis-lease.ts';
import type { RedisStore } from '../../services/platform/redis.ts';
import { letPass } from './redis-places.ts';

const LOSS_MS = 60_000;

const ignore = (): void => undefined;

/** What a launcher has of a place in Redis; it can die without a word. */
export const openRedisLauncher = (redis: RedisStore, lossMs = LOSS_MS) => {
  const lease = createRedisLease({ redis, lossMs, onError: ignore });
  const admissionQueue = createRedisAdmissionQueue({ redis, lease, onError: ignore });
  const buildWishes = createRedisBuildWishes({ redis, lease, onError: ignore });
  return { redis, lease, admissionQueue, buildWishes };
};

export type RedisLauncher = ReturnType<typeof openRedisLauncher>;

/** Lets so much time pass that all are taken for dead but those that live, which then say so. */
export const loseAllBut = async (living: readonly RedisLauncher[]): Promise<void> => {
  const [first] = living;
  if (first === undefined) return;
  await letPass(first.redis, LOSS_MS);
  for (const { redis, lease } of living) await redis.client.set(lease.keyPrefix + lease.holder, 1, 'PX', LOSS_MS);
};
