import { describe, expect, it } from 'vitest';
import type { BuildEvent, BuildRequest, BuildResult } from '../../services/contracts/build.ts';
import { SlipwayError } from '../../services/contracts/slipway-error.ts';
import type { BuildJob, BuildQueue } from '../../services/launcher/builds/build-queue.ts';
import { skipTitle } from '../support/skip-title.ts';

type Fresh = {
  readonly queue: BuildQueue;
  /** The same queue as the next process opens it after this one was killed. */
  readonly reopen?: () => BuildQueue | Promise<BuildQueue>;
  /** The same queue as another process has it at the same time. */
  readonly openOther?: () => BuildQueue;
};
export type QueueOptions = {
  /** Builds of one repository at the same time. 0: any number. */
  readonly perRepository?: 0 | 1;
  /** So many jobs a process will ask for at a time. */
  readonly slots?: number;
};
type Options = { readonly create: (options?: QueueOptions) => Fresh; readonly skip?: { readonly reopen?: string } };

const COMMIT = 'f7f3ff6d1bf708bdc12e5f10e18b2a90a4795603';
/** A name like `a/image:1` is of the repository a. */
const makeRequest = (imageName: string): BuildRequest => ({
  imageName,
  repository: {
    provider: 'git',
    canonical: `example.org/${imageName.split('/', 1)[0]}`,
    cloneUrl: 'https://example.org/repository',
    commit: COMMIT,
    repoUrl: 'https://example.org/repository',
    refUrl: 'https://example.org/repository',
    persistentSpec: `https%3A%2F%2Fexample.org%2Frepository/${COMMIT}`,
  },
});
const line = (message: string): BuildEvent => ({ phase: 'building', message, at: 1 });
const never = (): AbortSignal => new AbortController().signal;
const tick = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

type Followed = { readonly lines: readonly string[]; readonly result: BuildResult };

const followToEnd = async (queue: BuildQueue, imageName: string): Promise<Followed> => {
  const events = queue.follow(makeRequest(imageName), never());
  const lines: string[] = [];
  let next = await events.next();
  for (; !next.done; next = await events.next()) lines.push(next.value.message);
  return { lines, result: next.value };
};

const take = async (queue: BuildQueue): Promise<BuildJob> => {
  const job = await queue.take(never());
  if (job === undefined) throw new Error('no job');
  return job;
};

/** Asks for images in this order, and follows them. */
const askForAll = async (queue: BuildQueue, images: readonly string[]): Promise<Promise<Followed>[]> => {
  const followed: Promise<Followed>[] = [];
  for (const image of images) {
    followed.push(followToEnd(queue, image));
    await expect.poll(async () => (await queue.list()).length, { interval: 5 }).toBe(followed.length);
  }
  return followed;
};

/** What every BuildQueue promises. */
export const buildQueueContract = ({ create, skip = {} }: Options): void => {
  describe('as a build queue', () => {
    it('gives the log and the result of the build to those who follow it', async () => {
      const { queue } = create();
      const followed = followToEnd(queue, 'image:1');
      const job = await take(queue);
      expect(job.request).toEqual(makeRequest('image:1'));
      await job.report(line('one'));
      await tick();
      await job.report(line('two'));
      await job.finish({ ok: true, imageName: 'image:1' });
      expect(await followed).toEqual({ lines: ['one', 'two'], result: { ok: true, imageName: 'image:1' } });
    });

    it('gives a failed build as a result, not as an exception', async () => {
      const { queue } = create();
      const followed = followToEnd(queue, 'image:1');
      const error = new SlipwayError('BUILD_INSTALL_FAILED').toBody();
      await (await take(queue)).finish({ ok: false, error });
      expect((await followed).result).toEqual({ ok: false, error });
    });

    it('lists what waits and runs, oldest first, and shows the log of it', async () => {
      const { queue } = create();
      const followed = [followToEnd(queue, 'image:1'), followToEnd(queue, 'image:2')];
      const job = await take(queue);
      expect((await queue.list()).map(({ request, isRunning }) => [request.imageName, isRunning])).toEqual([
        ['image:1', true],
        ['image:2', false],
      ]);
      const watched = queue.watch('image:1', never());
      await job.report(line('one'));
      expect(await watched.next()).toEqual({ done: false, value: line('one') });
      await job.finish({ ok: true, imageName: 'image:1' });
      expect(await watched.next()).toEqual({ done: true, value: { ok: true, imageName: 'image:1' } });
      await (await take(queue)).finish({ ok: true, imageName: 'image:2' });
      await Promise.all(followed);
      expect(await queue.list()).toEqual([]);
      await expect(queue.watch('image:1', never()).next()).rejects.toMatchObject({ code: 'BUILD_NOT_FOUND' });
    });

    it('cancels a build that waits at once, and one that runs when its worker has stopped', async () => {
      const { queue } = create();
      const cancelled = { ok: false, error: new SlipwayError('BUILD_CANCELLED').toBody() } as const;
      const running = followToEnd(queue, 'image:1');
      const waiting = followToEnd(queue, 'image:2');
      const job = await take(queue);
      await queue.cancel('image:2');
      expect((await waiting).result).toEqual(cancelled);
      expect(job.signal.aborted).toBe(false);
      await queue.cancel('image:1');
      await expect.poll(() => job.signal.aborted).toBe(true);
      await expect.poll(() => queue.depth()).toEqual({ queued: 0, running: 1 });
      await job.finish(cancelled);
      expect((await running).result).toEqual(cancelled);
      await expect(queue.cancel('image:1')).rejects.toMatchObject({ code: 'BUILD_NOT_FOUND' });
    });

    it('builds an image once for all who ask for it, and shows late comers the whole log', async () => {
      const { queue } = create();
      const first = followToEnd(queue, 'image:1');
      const job = await take(queue);
      await job.report(line('one'));
      await tick();
      const second = followToEnd(queue, 'image:1');
      await tick();
      await expect.poll(() => queue.depth()).toEqual({ queued: 0, running: 1 });
      await job.report(line('two'));
      await job.finish({ ok: true, imageName: 'image:1' });
      const [early, late] = await Promise.all([first, second]);
      expect(late).toEqual(early);
      expect(late.lines).toEqual(['one', 'two']);
    });

    it('gives each job to one worker, in the order of asking', async () => {
      const { queue } = create();
      const images = ['image:1', 'image:2', 'image:3'];
      const followed = images.map((image) => followToEnd(queue, image));
      const jobs = await Promise.all(images.map(() => take(queue)));
      expect(jobs.map(({ request }) => request.imageName)).toEqual(images);
      await expect.poll(() => queue.depth()).toEqual({ queued: 0, running: 3 });
      for (const job of jobs) await job.finish({ ok: true, imageName: job.request.imageName });
      expect((await Promise.all(followed)).map(({ result }) => result.ok)).toEqual([true, true, true]);
    });

    it('lets repositories take turns, whichever worker takes', async () => {
      const { queue, openOther } = create({ slots: 2 });
      const followed = await askForAll(queue, ['a/1', 'a/2', 'a/3', 'b/1']);
      const other = openOther?.() ?? queue;
      const jobs = [await take(queue), await take(other), await take(queue), await take(other)];
      expect(jobs.map(({ request }) => request.imageName)).toEqual(['a/1', 'b/1', 'a/2', 'a/3']);
      for (const job of jobs) await job.finish({ ok: true, imageName: job.request.imageName });
      await Promise.all(followed);
    });

    it('gives no repository more than its share at the same time, whichever worker takes', async () => {
      const { queue, openOther } = create({ perRepository: 1, slots: 2 });
      const followed = await askForAll(queue, ['a/1', 'a/2', 'a/3', 'b/1']);
      const other = openOther?.() ?? queue;
      const [first, second] = [await take(queue), await take(other)];
      const names = [first, second].map(({ request }) => request.imageName);
      expect(names).toEqual(['a/1', 'b/1']);
      let later: string[] = [];
      const takers = [queue, other].map(async (taker) => {
        const job = await take(taker);
        later = [...later, job.request.imageName];
        return job;
      });
      await second.finish({ ok: true, imageName: 'b/1' });
      await followed.at(-1);
      expect(await queue.depth()).toEqual({ queued: 2, running: 1 });
      await first.finish({ ok: true, imageName: 'a/1' });
      await (await Promise.race(takers)).finish({ ok: true, imageName: 'a/2' });
      for (const job of await Promise.all(takers)) await job.finish({ ok: true, imageName: job.request.imageName });
      await Promise.all(followed);
      expect(later).toEqual(['a/2', 'a/3']);
    });

    it('hands a job to a worker that waits for it', async () => {
      const { queue } = create();
      const taken = take(queue);
      const followed = followToEnd(queue, 'image:1');
      await (await taken).finish({ ok: true, imageName: 'image:1' });
      expect((await followed).result.ok).toBe(true);
    });

    it('lets a worker stop waiting', async () => {
      const { queue } = create();
      const stopping = new AbortController();
      const taken = queue.take(stopping.signal);
      stopping.abort();
      expect(await taken).toBeUndefined();
    });

    it('does not stop the build when somebody who follows it leaves', async () => {
      const { queue } = create();
      const leaving = new AbortController();
      const left = queue.follow(makeRequest('image:1'), leaving.signal).next();
      const refused = left.catch((error: unknown) => error);
      const stayed = followToEnd(queue, 'image:1');
      const job = await take(queue);
      leaving.abort(new Error('gone'));
      expect(await refused).toEqual(new Error('gone'));
      await job.report(line('still here'));
      await job.finish({ ok: true, imageName: 'image:1' });
      expect((await stayed).lines).toEqual(['still here']);
    });

    it('forgets a finished build, so that asking again builds again', async () => {
      const { queue } = create();
      const first = followToEnd(queue, 'image:1');
      const job = await take(queue);
      await job.finish({ ok: true, imageName: 'image:1' });
      await first;
      await expect.poll(() => queue.depth()).toEqual({ queued: 0, running: 0 });
      const second = followToEnd(queue, 'image:1');
      const again = await take(queue);
      await job.finish({ ok: true, imageName: 'image:1' });
      await again.report(line('again'));
      await again.finish({ ok: true, imageName: 'image:1' });
      expect((await second).lines).toEqual(['again']);
    });

    it.skipIf(skip.reopen)(
      skipTitle('queues the jobs of a killed worker again, with a new log', skip.reopen),
      async () => {
        const { queue, reopen } = create();
        for (const image of ['image:1', 'image:2']) void followToEnd(queue, image).catch(() => undefined);
        await (await take(queue)).report(line('lost'));
        await tick();
        const later = (await reopen?.()) ?? queue;
        await expect.poll(() => later.depth()).toEqual({ queued: 2, running: 0 });
        const followed = followToEnd(later, 'image:1');
        const jobs = [await take(later), await take(later)];
        const job = jobs.find(({ request }) => request.imageName === 'image:1');
        expect(jobs.map(({ request }) => request)).toEqual(
          expect.arrayContaining(['image:1', 'image:2'].map(makeRequest)),
        );
        await job?.report(line('anew'));
        await job?.finish({ ok: true, imageName: 'image:1' });
        expect((await followed).lines).toEqual(['anew']);
      },
    );
  });
};
