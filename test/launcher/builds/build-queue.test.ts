import { afterAll, beforeAll, describe } from 'vitest';
import { createRedisBuildQueue } from '../../../services/launcher/builds/redis-build-queue.ts';
import type { RedisStore } from '../../../services/platform/redis.ts';
import { createSqliteBuildQueue } from '../../../services/launcher/builds/sqlite-build-queue.ts';
import { buildQueueContract } from '../../conformance/build-queue.ts';
import { createMemoryBuildQueue } from '../../support/memory-build-queue.ts';
import { createRedisPlaces, type RedisPlaces } from '../../support/redis-places.ts';
import { createStoresOnDisk } from '../../support/store-on-disk.ts';

const stores = createStoresOnDisk(createSqliteBuildQueue);
afterAll(stores.remove);

describe('the SQLite build queue', () => {
  buildQueueContract({
    create: () => {
      const { adapter, reopen } = stores.create();
      return { queue: adapter, reopen };
    },
  });
});

describe('the Redis build queue', () => {
  let places: RedisPlaces;
  const opened: ReturnType<typeof createRedisBuildQueue>[] = [];
  beforeAll(async () => {
    places = await createRedisPlaces();
  });
  afterAll(async () => {
    await Promise.all(opened.map((queue) => queue.close()));
    await places.remove();
  });
  const openQueue = (redis: RedisStore) => {
    const queue = createRedisBuildQueue({ redis, lossMs: 60_000, concurrency: 10, onError: () => undefined });
    opened.push(queue);
    return queue;
  };

  buildQueueContract({
    create: () => {
      const open = places.create();
      const queue = openQueue(open());
      return {
        queue,
        reopen: async () => {
          await queue.close();
          return openQueue(open());
        },
      };
    },
  });
});

describe('the build queue in memory', () => {
  buildQueueContract({
    create: () => ({ queue: createMemoryBuildQueue() }),
    skip: { reopen: 'lives in this process only' },
  });
});
