import { describe, expect, it } from 'vitest';
import type { AdmissionQueue, QueuedLaunch } from '../../services/launcher/admission/admission-queue.ts';
import type { Ticket } from '../../services/launcher/admission/decide-admission.ts';
import { skipTitle } from '../support/skip-title.ts';

type Fresh = {
  /** The same queue as two processes have it, or twice that of the one that there is. */
  readonly queues: readonly [AdmissionQueue, AdmissionQueue];
  /** Kills the process of the second one: it says nothing more. Resolves when that has been noticed. */
  readonly kill?: () => Promise<void>;
};
type Options = { readonly create: () => Fresh; readonly skip?: { readonly shared?: string } };

const ticket = (id: string, createdAt = 0): Ticket => ({
  id,
  canonical: `example.org/${id}`,
  client: 'somebody',
  createdAt,
  repositorySessions: 2,
});

const look = async (queue: AdmissionQueue): Promise<readonly QueuedLaunch[]> => {
  let seen: readonly QueuedLaunch[] = [];
  await queue.settle(async (launches) => {
    seen = launches;
    return [];
  });
  return seen.toSorted((left, right) => (left.id < right.id ? -1 : 1));
};
const flags = async (queue: AdmissionQueue): Promise<string> =>
  (await look(queue)).map(({ id, isAdmitted }) => `${id}${isAdmitted ? '+' : ''}`).join(' ');

/** Resolves for all who wait when there are so many. */
const createGate = (count: number) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let come = 0;
  return (): Promise<void> => {
    come += 1;
    if (come === count) resolve();
    return promise;
  };
};

/** What every AdmissionQueue promises. */
export const admissionQueueContract = ({ create, skip = {} }: Options): void => {
  describe('as an admission queue', () => {
    it('shows what entered to whoever settles, and remembers who was admitted', async () => {
      const [one, other] = create().queues;
      expect(await look(one)).toEqual([]);
      await one.enter(ticket('a'));
      await other.enter(ticket('b', 5));
      expect(await look(one)).toEqual([
        { ...ticket('a'), isAdmitted: false },
        { ...ticket('b', 5), isAdmitted: false },
      ]);
      await one.settle(async () => ['b', 'unknown']);
      expect(await flags(other)).toBe('a b+');
    });

    it('changes nothing when a launch enters again', async () => {
      const [one] = create().queues;
      await one.enter(ticket('a'));
      await one.settle(async () => ['a']);
      await one.enter({ ...ticket('a'), createdAt: 99 });
      expect(await look(one)).toEqual([{ ...ticket('a'), isAdmitted: true }]);
    });

    it('forgets who leaves, also twice, and admits nobody who left', async () => {
      const [one] = create().queues;
      for (const id of ['a', 'b']) await one.enter(ticket(id));
      await one.settle(async () => {
        await one.leave('a');
        return ['a', 'b'];
      });
      await one.leave('a');
      expect(await flags(one)).toBe('b+');
    });

    it('gives no place away twice: who settled on what has changed is asked again', async () => {
      const { queues } = create();
      const ids = ['a', 'b', 'c', 'd', 'e'];
      for (const id of ids) await queues[0].enter(ticket(id));
      const allHaveLooked = createGate(ids.length);
      const takeTwoPlaces = (favourite: string, index: number): Promise<void> =>
        queues[index % 2 === 0 ? 0 : 1].settle(async (launches) => {
          await allHaveLooked();
          const taken = launches.filter(({ isAdmitted }) => isAdmitted);
          return taken.length < 2 && taken.every(({ id }) => id !== favourite) ? [favourite] : [];
        });
      await Promise.all(ids.map(takeTwoPlaces));
      expect((await look(queues[0])).filter(({ isAdmitted }) => isAdmitted)).toHaveLength(2);
    });

    it.skipIf(skip.shared)(skipTitle('tells of what another process changed', skip.shared), async () => {
      const [one, other] = create().queues;
      let told = 0;
      other.onChange(() => void (told += 1));
      for (const act of [() => one.enter(ticket('a')), () => one.settle(async () => ['a']), () => one.leave('a')]) {
        const before = told;
        await act();
        await expect.poll(() => told).toBeGreaterThan(before);
      }
    });

    it.skipIf(skip.shared)(skipTitle('leaves to each process its own launches', skip.shared), async () => {
      const [one, other] = create().queues;
      await one.enter(ticket('a'));
      await one.settle(async () => ['a']);
      await other.leave('a');
      expect(await flags(one)).toBe('a+');
      await other.enter(ticket('a'));
      await one.leave('a');
      expect(await flags(one)).toBe('a+');
      await other.leave('a');
      expect(await flags(one)).toBe('');
    });

    it.skipIf(skip.shared)(skipTitle('has nothing of a process that was killed', skip.shared), async () => {
      const { queues, kill } = create();
      const [one, other] = queues;
      await one.enter(ticket('a'));
      for (const id of ['b', 'c', 'd']) await other.enter(ticket(id));
      await other.settle(async () => ['b', 'd']);
      await one.enter(ticket('d'));
      expect(await flags(one)).toBe('a b+ c d+');
      await kill?.();
      expect(await flags(one)).toBe('a d+');
      await one.enter(ticket('b'));
      expect(await flags(one)).toBe('a b d+');
    });
  });
};
