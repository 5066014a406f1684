import { afterAll, describe, expect, it } from 'vitest';
import { SlipwayError } from '../../../services/contracts/slipway-error.ts';
import { createRedisBuildQueue } from '../../../services/launcher/builds/redis-build-queue.ts';
import type { RedisStore } from '../../../services/platform/redis.ts';
import { createSqliteBuildQueue } from '../../../services/launcher/builds/sqlite-build-queue.ts';
import { buildQueueContract, type QueueOptions } from '../../conformance/build-queue.ts';
import { createMemoryBuildQueue } from '../../support/memory-build-queue.ts';
import { runToResult } from '../../../services/platform/run-to-result.ts';
import { makeBuildRequest } from '../../support/build-request.ts';
import { lose, openRedisLauncher, type RedisLauncher } from '../../support/redis-launchers.ts';
import { useRedisPlaces } from '../../support/redis-places.ts';
import { createStoresOnDisk } from '../../support/store-on-disk.ts';

const never = (): AbortSignal => new AbortController().signal;

const stores = [0, 1].map((perRepository) =>
  createStoresOnDisk((database) => createSqliteBuildQueue(database, perRepository)),
);
afterAll(() => stores.forEach(({ remove }) => remove()));

describe('the SQLite build queue', () => {
  buildQueueContract({
    create: ({ perRepository = 0 } = {}) => {
      const fresh = stores[perRepository]?.create();
      if (fresh === undefined) throw new Error('there is no such store');
      return { queue: fresh.adapter, reopen: fresh.reopen };
    },
  });
});

describe('the Redis build queue', () => {
  const places = useRedisPlaces();
  const opened: ReturnType<typeof createRedisBuildQueue>[] = [];
  afterAll(async () => {
    await Promise.all(opened.map((queue) => queue.close()));
  });
  const openQueue = (redis: RedisStore, options: QueueOptions) => openWithLease(openRedisLauncher(redis), options);
  const openWithLease = ({ redis, lease }: RedisLauncher, { perRepository = 0, slots = 10 }: QueueOptions) => {
    const parts = { redis, lease, lossMs: 60_000, concurrency: slots, perRepository, onError: () => undefined };
    const queue = createRedisBuildQueue(parts);
    opened.push(queue);
    return queue;
  };

  buildQueueContract({
    create: (options = {}) => {
      const open = places.create();
      const queue = openQueue(open(), options);
      return {
        queue,
        openOther: () => openQueue(open(), options),
        reopen: async () => {
          await queue.close();
          return openQueue(open(), options);
        },
      };
    },
  });

  it('begins a build again whose worker was lost, also for who waits for the share of its repository', async () => {
    const [lost, other] = places.createTwice(openRedisLauncher);
    const options = { perRepository: 1, slots: 1 } as const;
    const [first, second] = [openWithLease(lost, options), openWithLease(other, options)];
    const followed = ['image:1', 'image:2'].map((image) =>
      runToResult(second.follow(makeBuildRequest(image), never())),
    );
    await expect.poll(async () => (await second.list()).length).toBe(2);
    const begun = await first.take(never());
    const waiting = second.take(never());
    await lose(lost);
    await other.redis.client.publish(other.redis.channel, `${other.redis.prefix}:builds`);
    const again = await waiting;
    expect(again?.request).toEqual(begun?.request);
    await expect.poll(() => begun?.signal.aborted).toBe(true);
    await begun?.finish({ ok: false, error: new SlipwayError('BUILD_CANCELLED').toBody() });
    await again?.finish({ ok: true, imageName: 'image:1' });
    const rest = await Promise.race([first, second].map((queue) => queue.take(never())));
    await rest?.finish({ ok: true, imageName: 'image:2' });
    expect((await Promise.all(followed)).map(({ ok }) => ok)).toEqual([true, true]);
  });
});

describe('the build queue in memory', () => {
  buildQueueContract({
    create: ({ perRepository } = {}) => ({ queue: createMemoryBuildQueue(perRepository) }),
    skip: { reopen: 'lives in this process only' },
  });
});
