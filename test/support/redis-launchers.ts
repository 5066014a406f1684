import { createRedisAdmissionQueue } from '../../services/launcher/admission/redis-admission-queue.ts';
import { createRedisBuildWishes } from '../../services/launcher/builds/redis-build-wishes.ts';
import { createRedisLease } from '../../services/platform/redis-lease.ts';
import type { RedisStore } from '../../services/platform/redis.ts';

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

/** It is dead for the others, as if its signs of life had expired. */
export const lose = async ({ redis, lease }: RedisLauncher): Promise<void> => {
  await lease.begun;
  await redis.client.del(lease.keyPrefix + lease.holder);
};
