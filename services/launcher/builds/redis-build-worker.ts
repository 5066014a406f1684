import { randomUUID } from 'node:crypto';
import { WaitingError, Worker, type Job } from 'bullmq';
import type { BuildRequest, BuildResult } from '../../contracts/build.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { BuildJob, BuildQueue } from './build-queue.ts';
import type { HeldBuild, RedisBuildLog } from './redis-build-log.ts';
import type { RedisBuildQueueParts } from './redis-build-queue.ts';

/** The name of the queue in BullMQ. */
export const QUEUE = 'builds';

/** A build whose worker was lost begins again elsewhere; if worker after worker is lost, the build may be the reason. */
const MAX_LOSSES = 10;

/** BullMQ counts as well, and would end a job without telling those who wait for the build. */
const NEVER = 1_000_000;

type WorkerParts = RedisBuildQueueParts & { readonly log: RedisBuildLog };

type Taker = (job: BuildJob | undefined) => void;
type Given = (taker: Taker | undefined) => void;

/** Those who want a job, in their order. */
const createTakers = () => {
  const takers: Taker[] = [];
  const asking: Given[] = [];
  /** Whoever asks for a taker gets one; `first` is for a taker that got nothing after all. */
  const add = (taker: Taker, first = false): void => {
    const waiting = asking.shift();
    if (waiting !== undefined) waiting(taker);
    else if (first) takers.unshift(taker);
    else takers.push(taker);
  };
  const remove = <Item>(items: Item[], item: Item): void => {
    if (items.includes(item)) items.splice(items.indexOf(item), 1);
  };
  return {
    add,
    take: (signal: AbortSignal): Promise<BuildJob | undefined> =>
      new Promise((resolve) => {
        if (signal.aborted) return resolve(undefined);
        const taker: Taker = (job) => {
          signal.removeEventListener('abort', leave);
          resolve(job);
        };
        const leave = (): void => {
          remove(takers, taker);
          resolve(undefined);
        };
        signal.addEventListener('abort', leave, { once: true });
        add(taker);
      }),
    next: (signal: AbortSignal): Promise<Taker | undefined> =>
      new Promise((resolve) => {
        const taker = takers.shift();
        if (taker !== undefined || signal.aborted) return resolve(taker);
        const given: Given = (next) => {
          signal.removeEventListener('abort', leave);
          resolve(next);
        };
        const leave = (): void => {
          remove(asking, given);
          resolve(undefined);
        };
        signal.addEventListener('abort', leave, { once: true });
        asking.push(given);
      }),
  };
};

/** One build in the hands of this process: `finished` is aborted when its worker has done with it. */
const holdBuild = (log: RedisBuildLog, held: HeldBuild) => {
  const stopping = new AbortController();
  const finished = new AbortController();
  const stop = (): void => stopping.abort(new SlipwayError('BUILD_CANCELLED'));
  let said = 0;
  const makeJob = (request: BuildRequest): BuildJob => ({
    request,
    signal: stopping.signal,
    report: async (event) => {
      said += 1;
      if (!(await log.report(held, said, event))) stop();
    },
    finish: async (result) => {
      await log.finish(held, result);
      finished.abort();
    },
  });
  /** Looks whenever something changes whether the build is still wanted from this worker, until the signal is aborted. */
  const watch = async (signal: AbortSignal): Promise<void> => {
    using listening = log.listen(held.id);
    for (; !signal.aborted; await listening.wait(signal)) if (!(await log.isWanted(held))) stop();
  };
  return { finished: finished.signal, makeJob, watch };
};

/** The result of a build that is not to be begun again; undefined when it is. */
const resultBefore = ({ losses, isCancelled }: { losses: number; isCancelled: boolean }): BuildResult | undefined => {
  if (isCancelled) return { ok: false, error: new SlipwayError('BUILD_CANCELLED').toBody() };
  return losses > MAX_LOSSES ? { ok: false, error: new SlipwayError('BUILD_WORKER_LOST').toBody() } : undefined;
};

/**
 * Takes builds from BullMQ, which renews the lock of each while it runs and gives it to another worker when it is not
 * renewed any more. Nothing is taken before somebody asks.
 */
export const createRedisBuildWorker = ({ redis, lossMs, concurrency, onError, log }: WorkerParts) => {
  const takers = createTakers();
  const closing = new AbortController();
  let worker: Worker<{ readonly imageName: string }> | undefined;

  /** Begins the build for a taker; gives what runs then, or nothing when the build is over. */
  const begin = async (held: HeldBuild, taker: Taker) => {
    const begun = await log.begin(held);
    const result = begun && resultBefore(begun);
    if (result !== undefined) await log.finish(held, result);
    if (begun === undefined || result !== undefined) return takers.add(taker, true);
    const build = holdBuild(log, held);
    taker(build.makeJob(begun.request));
    return build;
  };
  const process = async (job: Job<{ readonly imageName: string }>, token = ''): Promise<void> => {
    const held = { id: job.id ?? '', imageName: job.data.imageName, worker: randomUUID() };
    const taker = await takers.next(closing.signal);
    if (taker !== undefined) {
      const build = await begin(held, taker);
      await build?.watch(AbortSignal.any([build.finished, closing.signal]));
      if (build?.finished.aborted ?? true) return;
    }
    await log.giveBack(held);
    await job.moveToWait(token);
    throw new WaitingError();
  };
  const start = (): void => {
    if (worker !== undefined) return;
    const times = { lockDuration: lossMs, stalledInterval: Math.ceil(lossMs / 2), maxStalledCount: NEVER };
    worker = new Worker(QUEUE, process, { connection: redis.client, prefix: redis.prefix, concurrency, ...times });
    worker.on('error', onError);
  };
  const take: BuildQueue['take'] = (signal) => {
    start();
    return takers.take(signal);
  };
  return {
    take,
    close: async (): Promise<void> => {
      closing.abort();
      await worker?.close();
    },
  };
};
