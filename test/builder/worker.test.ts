import { describe, expect, it } from 'vitest';
import { runWorker, type WorkerJob, type WorkerParts } from '../../services/builder/worker.ts';
import type { BuildEvent, BuildResult } from '../../services/contracts/build.ts';
import { SlipwayError } from '../../services/contracts/slipway-error.ts';
import { createLogger } from '../../services/platform/logger.ts';
import { makeBuildRequest } from './build-request.ts';

type Recorded = {
  readonly job: WorkerJob;
  readonly cancelling: AbortController;
  readonly events: BuildEvent[];
  readonly results: BuildResult[];
};

const makeJob = (imageName: string): Recorded => {
  const events: BuildEvent[] = [];
  const results: BuildResult[] = [];
  const request = makeBuildRequest({ url: 'http://localhost/x.git', commit: '0'.repeat(40) }, imageName);
  const cancelling = new AbortController();
  const job = {
    request,
    signal: cancelling.signal,
    report: async (event: BuildEvent) => void events.push(event),
    finish: async (r: BuildResult) => void results.push(r),
  };
  return { job, cancelling, events, results };
};

const LINE: BuildEvent = { phase: 'building', message: 'line\n', at: 1 };
const away = (): SlipwayError => new SlipwayError('BUILD_ENGINE_UNAVAILABLE');

/** Runs a worker over jobs until they are all taken; sleeping takes no time but is remembered. */
const run = async (jobs: readonly Recorded[], build: WorkerParts['build'], concurrency = 1) => {
  const waiting = jobs.map(({ job }) => job);
  const slept: number[] = [];
  await runWorker(
    {
      jobs: { take: async () => waiting.shift() },
      build,
      concurrency,
      clock: { now: () => 0, sleep: async (milliseconds) => void slept.push(milliseconds) },
      logger: createLogger({ level: 'silent' }),
    },
    AbortSignal.timeout(5000),
  );
  return slept;
};

describe('worker', () => {
  it('reports what a build says and finishes with its result', async () => {
    const recorded = makeJob('a:1');
    await run([recorded], async function* (request) {
      yield LINE;
      return { ok: true, imageName: request.imageName };
    });
    expect(recorded).toMatchObject({ events: [LINE], results: [{ ok: true, imageName: 'a:1' }] });
  });

  it('ends a build that is cancelled, says so, and goes on with the next', async () => {
    const [first, second] = [makeJob('a:1'), makeJob('a:2')];
    await run([first, second], async function* ({ imageName }, signal) {
      yield LINE;
      if (imageName === 'a:1') first.cancelling.abort();
      signal.throwIfAborted();
      return { ok: true, imageName };
    });
    expect(first.results).toEqual([{ ok: false, error: new SlipwayError('BUILD_CANCELLED').toBody() }]);
    expect(second.results).toEqual([{ ok: true, imageName: 'a:2' }]);
  });

  it('tries once more after a pause when the infrastructure failed', async () => {
    const recorded = makeJob('a:1');
    let attempts = 0;
    const slept = await run([recorded], async function* ({ imageName }) {
      yield LINE;
      if ((attempts += 1) === 1) throw away();
      return { ok: true, imageName };
    });
    expect(slept).toEqual([5000]);
    expect(recorded.results).toEqual([{ ok: true, imageName: 'a:1' }]);
    expect(recorded.events[1]?.message).toMatch(/engine does not answer.*once more/);
  });

  it('finishes with the error when it fails again, and goes on with the next job', async () => {
    const [first, second] = [makeJob('a:1'), makeJob('a:2')];
    await run([first, second], async function* ({ imageName }) {
      yield LINE;
      if (imageName === 'a:1') throw away();
      return { ok: true, imageName };
    });
    expect(first.results).toMatchObject([{ ok: false, error: { code: 'BUILD_ENGINE_UNAVAILABLE', retry: true } }]);
    expect(second.results).toEqual([{ ok: true, imageName: 'a:2' }]);
  });

  it('hides what is not an error of ours', async () => {
    const recorded = makeJob('a:1');
    await run([recorded], async function* () {
      yield LINE;
      throw new TypeError('secret internals');
    });
    expect(JSON.stringify(recorded.results)).not.toContain('secret');
    expect(recorded.results).toMatchObject([{ ok: false, error: { code: 'LAUNCH_INTERNAL' } }]);
  });

  it('leaves a job unfinished when it is stopped', async () => {
    const recorded = makeJob('a:1');
    const stop = new AbortController();
    const waiting = [recorded.job];
    await runWorker(
      {
        jobs: { take: async () => waiting.shift() },
        build: async function* (_request, signal) {
          yield LINE;
          stop.abort(new Error('shutdown'));
          signal.throwIfAborted();
          return { ok: true, imageName: '' };
        },
        concurrency: 1,
        clock: { now: () => 0, sleep: async () => undefined },
        logger: createLogger({ level: 'silent' }),
      },
      stop.signal,
    );
    expect(recorded.results).toEqual([]);
  });

  it('builds as many at a time as it is told', async () => {
    const jobs = Array.from({ length: 5 }, (_, index) => makeJob(`a:${index}`));
    let running = 0;
    let most = 0;
    const build = async function* ({ imageName }: { imageName: string }) {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => void setTimeout(resolve, 10));
      yield LINE;
      running -= 1;
      return { ok: true as const, imageName };
    };
    await run(jobs, build, 2);
    expect(most).toBe(2);
    expect(jobs.every(({ results }) => results.length === 1)).toBe(true);
  });
});
