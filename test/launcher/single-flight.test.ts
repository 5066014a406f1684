import { describe, expect, it } from 'vitest';
import { createMemoryBuildWishes } from '../../services/launcher/builds/build-wishes.ts';
import { createWantedBuilds } from '../../services/launcher/builds/wanted-builds.ts';
import { systemClock } from '../../services/platform/clock.ts';
import { createMemoryBuildQueue } from '../support/memory-build-queue.ts';
import { createMemoryDurations, createTestAdmission } from '../support/open-admission.ts';
import { buildNext, collectEvents, createLauncher, makeLaunchRequest, withGrace } from './create-launcher.ts';

const never = (): AbortSignal => new AbortController().signal;
const tick = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 1));

const createUnbuilt = (graceMs: number) => {
  const durations = createMemoryDurations();
  const queue = createMemoryBuildQueue();
  const builds = createWantedBuilds({
    builds: queue,
    durations,
    wishes: createMemoryBuildWishes(systemClock),
    finishPercent: 50,
    clock: systemClock,
  });
  const launcher = createLauncher({ builds, durations, openAttendance: withGrace(graceMs) });
  launcher.images.isThere = false;
  return { ...launcher, queue };
};

describe('an unbuilt repository', () => {
  it('is built once for 200 visitors, and each sees the whole log', async () => {
    const { launches, queue, sessions } = createUnbuilt(60_000);
    const started = await Promise.all(
      Array.from({ length: 200 }, () => launches.start(makeLaunchRequest('found/HEAD'))),
    );
    const followed = started.map(({ id }) => collectEvents(launches.follow(id, 0, never())));
    await tick();
    expect(await queue.list()).toHaveLength(1);
    const log = Array.from({ length: 50 }, (_, line) => `line ${line}\n`);
    await buildNext(
      queue,
      log.map((message) => ({ phase: 'building', message, at: 1 })),
    );
    for (const events of await Promise.all(followed)) {
      expect(events.filter(({ phase }) => phase === 'building').map(({ message }) => message)).toEqual(log);
      expect(events.at(-1)?.phase).toBe('ready');
    }
    expect(await queue.depth()).toEqual({ queued: 0, running: 0 });
    expect(sessions.requests).toHaveLength(200);
  });

  it('is not built any more when the last visitor left and did not come back', async () => {
    const { launches, queue, events } = createUnbuilt(1);
    const { id } = await launches.start(makeLaunchRequest());
    const job = await queue.take(never());
    const told = await collectEvents(events.read(id, 0, never()));
    expect(told.at(-1)).toMatchObject({ phase: 'failed', code: 'LAUNCH_ABANDONED', retry: true });
    expect(job?.signal.aborted).toBe(true);
  });

  it('keeps a visitor who comes back within the grace period', async () => {
    const { launches, queue } = createUnbuilt(60_000);
    const { id } = await launches.start(makeLaunchRequest());
    for await (const { event } of launches.follow(id, 0, never())) if (event.message.includes('must be built')) break;
    const back = collectEvents(launches.follow(id, 0, never()));
    await buildNext(queue, []);
    expect((await back).at(-1)?.phase).toBe('ready');
  });

  it('frees the place of a launch that was given up', async () => {
    const admission = createTestAdmission({ settings: { sessions: 1 } });
    const { launches, sessions, events } = createLauncher({ admission, openAttendance: withGrace(5) });
    sessions.hang();
    const left = await launches.start(makeLaunchRequest());
    expect((await collectEvents(events.read(left.id, 0, never()))).at(-1)).toMatchObject({ code: 'LAUNCH_ABANDONED' });
    const place = admission.admit({ id: 'next', canonical: 'example.org/x', createdAt: 0 }, never());
    expect((await place.next()).done).toBe(true);
  });

  it('is built on for a launch of a program, whoever follows it', async () => {
    const { launches, queue } = createUnbuilt(1);
    const { id } = await launches.start({ ...makeLaunchRequest(), unattended: true });
    await tick();
    await tick();
    await buildNext(queue, []);
    expect((await collectEvents(launches.follow(id, 0, never()))).at(-1)?.phase).toBe('ready');
  });
});
