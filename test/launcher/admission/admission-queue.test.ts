import { describe, expect, it } from 'vitest';
import { createMemoryAdmissionQueue } from '../../../services/launcher/admission/memory-admission-queue.ts';
import { admissionQueueContract } from '../../conformance/admission-queue.ts';
import { lose, openRedisLauncher } from '../../support/redis-launchers.ts';
import { useRedisPlaces } from '../../support/redis-places.ts';

const places = useRedisPlaces();

describe('the admission queue of one process', () => {
  admissionQueueContract({
    create: () => {
      const queue = createMemoryAdmissionQueue();
      return { queues: [queue, queue] };
    },
    skip: { shared: 'lives in this process only' },
  });
});

describe('the admission queue in Redis', () => {
  admissionQueueContract({
    create: () => {
      const [one, other] = places.createTwice(openRedisLauncher);
      return { queues: [one.admissionQueue, other.admissionQueue], kill: () => lose(other) };
    },
  });

  it('has the launches of a process again that was taken for dead, when it goes on', async () => {
    const [one, other] = places.createTwice((redis) => openRedisLauncher(redis, 1500));
    const ticket = { id: 'a', canonical: 'example.org/a', createdAt: 0, repositorySessions: 0 };
    await one.admissionQueue.enter(ticket);
    await one.admissionQueue.settle(async () => ['a']);
    await lose(one);
    const look = async (): Promise<unknown> => {
      let seen: unknown;
      await other.admissionQueue.settle(async (launches) => {
        seen = launches;
        return [];
      });
      return seen;
    };
    expect(await look()).toEqual([]);
    await expect.poll(look, { timeout: 10_000 }).toEqual([{ ...ticket, isAdmitted: true }]);
    for (const launcher of [one, other]) launcher.lease.close();
  });
});
