import { describe, expect, it } from 'vitest';
import type { Applicant, AdmissionParts, Place } from '../../../services/launcher/admission/admit.ts';
import type { WaitingPlace } from '../../../services/launcher/admission/standings.ts';
import { createMemoryDurations, createTestAdmission } from '../../support/open-admission.ts';

const never = (): AbortSignal => new AbortController().signal;
const applicant = (id: string, canonical = `example.org/${id}`, createdAt = 0): Applicant => ({
  id,
  canonical,
  createdAt,
});
const tick = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 1));
type Running = ReturnType<AdmissionParts['sessions']>[number];

/** Follows an admission in the background: what it said, and the place once there is one. */
const follow = (places: AsyncGenerator<WaitingPlace, Place>) => {
  const said: WaitingPlace[] = [];
  const run = async (): Promise<Place> => {
    let next = await places.next();
    for (; next.done !== true; next = await places.next()) said.push(next.value);
    return next.value;
  };
  return { said, place: run() };
};

describe('being admitted', () => {
  it('is at once where there is room, with the limits of the profile', async () => {
    const policy = {
      allow: [],
      block: [],
      blockClients: [],
      profiles: [{ repository: 'example.org/a', cpus: 2, sessions: 1 }],
    };
    const admission = createTestAdmission({ policy: () => policy });
    const { said, place } = follow(admission.admit(applicant('a'), never()));
    expect((await place).limits).toEqual({ cpus: 2 });
    expect(said).toEqual([]);
    expect(admission.judge('example.org/a')).toEqual({ limits: { cpus: 2 }, sessions: 1 });
  });

  it('is refused to what the policy blocks, before anything is reserved', async () => {
    const policy = { allow: [], profiles: [], blockClients: [], block: [{ repository: 'example.org', reason: 'No.' }] };
    const admission = createTestAdmission({ policy: () => policy });
    await expect(follow(admission.admit(applicant('a'), never())).place).rejects.toMatchObject({
      code: 'LIMIT_REPOSITORY_BLOCKED',
      message: 'example.org/a may not be launched here. No.',
    });
  });

  it('never overshoots when many come at once, and goes on when a place is given back', async () => {
    const admission = createTestAdmission({ settings: { sessions: 3 } });
    const all = Array.from({ length: 20 }, (_, index) =>
      follow(admission.admit(applicant(`r${index}`, 'example.org/r', index), never())),
    );
    let held = 0;
    let most = 0;
    await Promise.all(
      all.map(async ({ place }) => {
        await using _place = await place;
        held += 1;
        most = Math.max(most, held);
        await tick();
        held -= 1;
      }),
    );
    expect(most).toBe(3);
    expect(all[19]?.said[0]).toMatchObject({ obstacle: 'total' });
  });

  it('is waited for by as many as have no place yet', async () => {
    const admission = createTestAdmission({ settings: { sessions: 1 } });
    const first = await follow(admission.admit(applicant('a'), never())).place;
    const second = follow(admission.admit(applicant('b', 'example.org/b', 1), never()));
    await tick();
    expect(admission.waiting()).toBe(1);
    await first[Symbol.asyncDispose]();
    await using _place = await second.place;
    expect(admission.waiting()).toBe(0);
  });

  it('is in the order of asking after a restart, whoever enters first', async () => {
    const admission = createTestAdmission({ settings: { sessions: 1 } });
    const first = follow(admission.admit(applicant('first'), never()));
    await using _held = await first.place;
    const late = follow(admission.admit(applicant('late', 'example.org/r', 20), never()));
    await tick();
    const early = follow(admission.admit(applicant('early', 'example.org/r', 10), never()));
    await tick();
    expect(early.said.at(-1)?.position).toBe(1);
    expect(late.said.map(({ position }) => position)).toEqual([1, 2]);
    await (await first.place)[Symbol.asyncDispose]();
    await using _next = await early.place;
    await tick();
    expect(late.said.at(-1)?.position).toBe(1);
  });

  it('counts a session that runs once, whether its launch is over or not', async () => {
    const running: Running[] = [];
    const admission = createTestAdmission({ settings: { sessions: 2 }, sessions: () => running });
    await using _a = await follow(admission.admit(applicant('a'), never())).place;
    running.push({ launchId: 'a', canonical: 'example.org/a', startedAt: 0 });
    const b = follow(admission.admit(applicant('b'), never()));
    await using _b = await b.place;
    const c = follow(admission.admit(applicant('c'), never()));
    await tick();
    expect(c.said).toHaveLength(1);
    running.pop();
    await (await b.place)[Symbol.asyncDispose]();
    await using _c = await c.place;
  });

  it('lets a launch whose session runs already find it, however full it is', async () => {
    const running: Running[] = [{ launchId: 'a', canonical: 'example.org/a', startedAt: 0 }];
    const admission = createTestAdmission({ settings: { sessions: 1 }, sessions: () => running });
    await using _place = await follow(admission.admit(applicant('a'), never())).place;
    expect(running).toHaveLength(1);
  });

  it('estimates the wait from how long sessions of these repositories lasted', async () => {
    const now = 1_000_000;
    const durations = createMemoryDurations();
    await durations.note({ kind: 'session', canonical: 'example.org/a', seconds: 600, at: 0 });
    await durations.note({ kind: 'session', canonical: 'example.org/b', seconds: 900, at: 0 });
    const sessions = (): Running[] => [
      { launchId: '1', canonical: 'example.org/a', startedAt: now - 200_000 },
      { launchId: '2', canonical: 'example.org/b', startedAt: now - 100_000 },
    ];
    const clock = { now: () => now, sleep: () => new Promise<void>(() => undefined) };
    const admission = createTestAdmission({ settings: { sessions: 2 }, sessions, durations, clock });
    const places = ['x', 'y', 'z'].map((id, index) =>
      follow(admission.admit(applicant(id, `example.org/${id}`, index), never())),
    );
    await tick();
    expect(places.map(({ said }) => said.at(-1)?.estimateSeconds)).toEqual([400, 800, 1150]);
  });

  it('is refused when too many wait already, and says when to come back', async () => {
    const durations = createMemoryDurations();
    await durations.note({ kind: 'session', canonical: 'example.org/a', seconds: 300, at: 0 });
    const sessions = (): Running[] => [{ launchId: '1', canonical: 'example.org/a', startedAt: Date.now() }];
    const admission = createTestAdmission({ settings: { sessions: 1, waiting: 1 }, sessions, durations });
    const waits = follow(admission.admit(applicant('a', 'example.org/x', 1), never()));
    await tick();
    expect(waits.said).toHaveLength(1);
    const error: unknown = await follow(admission.admit(applicant('b', 'example.org/y', 2), never())).place.catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'LIMIT_QUEUE_FULL' });
    expect((error as { details: { retryAfterSeconds: number } }).details.retryAfterSeconds).toBeGreaterThan(300);
  });

  it('gives up its place in the queue when the launch is given up', async () => {
    const admission = createTestAdmission({ settings: { sessions: 1 } });
    const held = await follow(admission.admit(applicant('a'), never())).place;
    const leaving = new AbortController();
    const left = follow(admission.admit(applicant('b', 'example.org/x', 1), leaving.signal));
    const stays = follow(admission.admit(applicant('c', 'example.org/y', 2), never()));
    await tick();
    expect(stays.said.at(-1)?.position).toBe(2);
    leaving.abort(new Error('gone'));
    await expect(left.place).rejects.toThrow('gone');
    await tick();
    expect(stays.said.at(-1)?.position).toBe(1);
    await held[Symbol.asyncDispose]();
    await using _place = await stays.place;
  });
});
