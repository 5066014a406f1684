import { describe, expect, it } from 'vitest';
import type { BuildResult } from '../../../services/contracts/build.ts';
import { SlipwayError } from '../../../services/contracts/slipway-error.ts';
import { timeBuilds } from '../../../services/launcher/builds/time-builds.ts';
import { createMemoryBuildWishes } from '../../../services/launcher/builds/build-wishes.ts';
import { createWantedBuilds } from '../../../services/launcher/builds/wanted-builds.ts';
import { makeBuildRequest } from '../../support/build-request.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createMemoryBuildQueue } from '../../support/memory-build-queue.ts';
import { createMemoryDurations } from '../../support/open-admission.ts';

const request = makeBuildRequest('image:1');
const never = (): AbortSignal => new AbortController().signal;
const tick = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 1));
const givenUp = (): SlipwayError => new SlipwayError('LAUNCH_ABANDONED');

const create = (finishPercent = 50) => {
  const clock = createFakeClock();
  const durations = createMemoryDurations();
  const builds = timeBuilds(createMemoryBuildQueue(), { durations, clock });
  const wanted = createWantedBuilds({
    builds,
    durations,
    finishPercent,
    wishes: createMemoryBuildWishes(clock),
    clock,
  });
  const follow = (signal = never()) => {
    const lines: string[] = [];
    const run = async (): Promise<BuildResult> => {
      const events = wanted.follow(request, signal);
      let next = await events.next();
      for (; next.done !== true; next = await events.next()) lines.push(next.value.message);
      return next.value;
    };
    return { lines, result: run() };
  };
  const take = async () => {
    const job = await builds.take(never());
    if (job === undefined) throw new Error('no job');
    await job.report({ phase: 'building', message: 'begun\n', at: clock.now() });
    await tick();
    return job;
  };
  return { clock, durations, builds, follow, take };
};

/** Follows a build that is running, and gives it up. */
const giveUp = async ({ follow, take, clock }: ReturnType<typeof create>, afterMs = 0) => {
  const leaving = new AbortController();
  const followed = follow(leaving.signal);
  followed.result.catch(() => undefined);
  const job = await take();
  clock.advance(afterMs);
  leaving.abort(givenUp());
  await followed.result.catch(() => undefined);
  return job;
};

describe('a build that nobody waits for any more', () => {
  it('is stopped', async () => {
    const job = await giveUp(create());
    expect(job.signal.aborted).toBe(true);
  });

  it('is taken out of the queue when it did not begin', async () => {
    const { follow, builds } = create();
    const leaving = new AbortController();
    const { result } = follow(leaving.signal);
    await tick();
    expect(await builds.depth()).toEqual({ queued: 1, running: 0 });
    leaving.abort(givenUp());
    await expect(result).rejects.toMatchObject({ code: 'LAUNCH_ABANDONED' });
    expect(await builds.depth()).toEqual({ queued: 0, running: 0 });
  });

  it.each([
    [49_000, true],
    [50_000, false],
    [200_000, false],
    [201_000, true],
  ])('after %i ms of usually 100 s is stopped: %s', async (afterMs, isStopped) => {
    const parts = create();
    await parts.durations.note({ kind: 'build', canonical: request.repository.canonical, seconds: 100, at: 0 });
    expect((await giveUp(parts, afterMs)).signal.aborted).toBe(isStopped);
  });

  it('is stopped however long builds of other repositories take', async () => {
    const parts = create();
    await parts.durations.note({ kind: 'build', canonical: 'example.org/another', seconds: 100, at: 0 });
    expect((await giveUp(parts, 90_000)).signal.aborted).toBe(true);
  });

  it('is always finished where the operator says so', async () => {
    expect((await giveUp(create(0))).signal.aborted).toBe(false);
  });

  it('goes on when the process stops, for the next one', async () => {
    const { follow, take } = create();
    const stopping = new AbortController();
    const { result } = follow(stopping.signal);
    const job = await take();
    stopping.abort();
    await result.catch(() => undefined);
    expect(job.signal.aborted).toBe(false);
  });
});

describe('a build that somebody waits for', () => {
  it('goes on when another one leaves', async () => {
    const parts = create();
    const stays = parts.follow();
    const job = await giveUp(parts);
    expect(job.signal.aborted).toBe(false);
    await job.finish({ ok: true, imageName: 'image:1' });
    expect(await stays.result).toEqual({ ok: true, imageName: 'image:1' });
    expect(stays.lines).toEqual(['begun\n']);
  });

  it('is begun anew for who comes while it is being stopped', async () => {
    const parts = create();
    const job = await giveUp(parts);
    const late = parts.follow();
    await tick();
    await job.finish({ ok: false, error: new SlipwayError('BUILD_CANCELLED').toBody() });
    const again = await parts.take();
    await again.finish({ ok: true, imageName: 'image:1' });
    expect(await late.result).toEqual({ ok: true, imageName: 'image:1' });
  });

  it('is remembered for how long it took, when it succeeded', async () => {
    const parts = create();
    const { result } = parts.follow();
    const job = await parts.take();
    parts.clock.advance(12_000);
    await job.finish({ ok: true, imageName: 'image:1' });
    await result;
    expect(await parts.durations.usual('build', request.repository.canonical)).toBe(12);
  });
});
