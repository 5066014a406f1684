import { afterEach, describe, expect, it } from 'vitest';
import type { AdmissionParts, Place } from '../../../services/launcher/admission/admit.ts';
import type { RunningSession } from '../../../services/launcher/admission/settle-queue.ts';
import type { WaitingPlace } from '../../../services/launcher/admission/standings.ts';
import { systemClock, type Clock } from '../../../services/platform/clock.ts';
import { createTestAdmission } from '../../support/open-admission.ts';
import { lose, openRedisLauncher } from '../../support/redis-launchers.ts';
import { useRedisPlaces } from '../../support/redis-places.ts';

const places = useRedisPlaces();

/** Sessions end without a word; a clock that goes fast makes launchers look often. */
const SPEED = 50;
const clock: Clock = {
  now: () => Date.now() * SPEED,
  sleep: (milliseconds, signal) => systemClock.sleep(milliseconds / SPEED, signal),
};

/** Whatever still waits at the end of a case is given up. */
const pending: { readonly leaving: AbortController; readonly place: Promise<Place> }[] = [];
afterEach(async () => {
  for (const { leaving } of pending) leaving.abort(new Error('the test is over'));
  await Promise.allSettled(pending.splice(0).map(({ place }) => place));
});

type Applied = { readonly said: WaitingPlace[]; readonly place: Promise<Place> };

/** Two launchers on one Redis and one engine. Each knows of the sessions that it started itself; the engine of all. */
const createLaunchers = (settings: Partial<AdmissionParts['settings']>) => {
  const engine = new Map<string, RunningSession>();
  const open = places.create();
  const createOne = () => {
    const own = new Set<string>();
    const parts = openRedisLauncher(open());
    const admission = createTestAdmission({
      settings,
      clock,
      queue: parts.admissionQueue,
      sessions: () => [...own].flatMap((id) => engine.get(id) ?? []),
      listSessions: async () => [...engine.values()],
    });
    const apply = (id: string, canonical: string, createdAt: number): Applied => {
      const said: WaitingPlace[] = [];
      const leaving = new AbortController();
      const run = async (): Promise<Place> => {
        const steps = admission.admit({ id, canonical, createdAt }, leaving.signal);
        let next = await steps.next();
        for (; next.done !== true; next = await steps.next()) said.push(next.value);
        return next.value;
      };
      const applied = { said, place: run() };
      applied.place.catch(() => undefined);
      pending.push({ leaving, place: applied.place });
      return applied;
    };
    /** The session of a launch runs; the launch is over. */
    const start = async (id: string, canonical: string, place: Place): Promise<void> => {
      own.add(id);
      engine.set(id, { launchId: id, canonical, startedAt: 0 });
      await place[Symbol.asyncDispose]();
    };
    return { parts, apply, start };
  };
  return { engine, launchers: [createOne(), createOne()] as const };
};

const positions = (applied: readonly Applied[]) => applied.map(({ said }) => said.at(-1)?.position);

const settle = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 20));

describe('two launchers that share a Redis', () => {
  it('together never have more sessions than the quota, promised or running', async () => {
    const { engine, launchers } = createLaunchers({ sessions: 4 });
    const promised = new Set<string>();
    let most = 0;
    const visit = async (index: number): Promise<void> => {
      const launcher = launchers[index % 2 === 0 ? 0 : 1];
      const [id, canonical] = [`l${index}`, `example.org/${index % 5}`];
      const place = await launcher.apply(id, canonical, index).place;
      promised.add(id);
      most = Math.max(most, new Set([...promised, ...engine.keys()]).size);
      await settle();
      await launcher.start(id, canonical, place);
      promised.delete(id);
      await settle();
      engine.delete(id);
    };
    await Promise.all(Array.from({ length: 24 }, (_, index) => visit(index)));
    expect(most).toBe(4);
  });

  it('have one queue, in which repositories take turns wherever they come from', async () => {
    const { launchers } = createLaunchers({ sessions: 2 });
    const [one, other] = launchers;
    const held = await Promise.all(['p', 'q'].map((id) => one.apply(id, `example.org/${id}`, 0).place));
    const course = [1, 2, 3].map((index) => one.apply(`c${index}`, 'example.org/course', index));
    const guest = other.apply('guest', 'example.org/guest', 9);
    await expect.poll(() => positions([...course, guest])).toEqual([1, 3, 4, 2]);
    await held[0]?.[Symbol.asyncDispose]();
    await course[0]?.place;
    await expect.poll(() => positions(course.slice(1))).toEqual([2, 3]);
    await held[1]?.[Symbol.asyncDispose]();
    await guest.place;
    await expect.poll(() => positions(course.slice(1))).toEqual([1, 2]);
  });

  it('refuse together when too many wait', async () => {
    const { launchers } = createLaunchers({ sessions: 1, waiting: 2 });
    const [one, other] = launchers;
    await one.apply('held', 'example.org/held', 0).place;
    const waiting = [one.apply('a', 'example.org/a', 1), other.apply('b', 'example.org/b', 2)];
    await expect.poll(() => waiting.every(({ said }) => said.length > 0)).toBe(true);
    await expect(other.apply('c', 'example.org/c', 3).place).rejects.toMatchObject({ code: 'LIMIT_QUEUE_FULL' });
  });

  it('give the places of one that was killed to those who wait, but not those of its sessions', async () => {
    const { launchers } = createLaunchers({ sessions: 2 });
    const [killed, other] = launchers;
    const first = await killed.apply('runs', 'example.org/a', 0).place;
    await killed.start('runs', 'example.org/a', first);
    await killed.apply('starts', 'example.org/b', 1).place;
    const waiting = [other.apply('x', 'example.org/x', 2), other.apply('y', 'example.org/y', 3)];
    await expect.poll(() => waiting.every(({ said }) => said.length > 0)).toBe(true);
    await lose(killed.parts);
    await waiting[0]?.place;
    await expect.poll(() => waiting[1]?.said.at(-1)?.position).toBe(1);
  });
});
