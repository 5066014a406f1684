import { randomUUID } from 'node:crypto';
import { WaitingError, Worker, type Job } from 'bullmq';
import type { BuildRequest, BuildResult } from '../../contracts/build.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { BuildJob, BuildQueue } from './build-queue.ts';
import { chooseBuild } from './choose-build.ts';
import type { BegunBuild, HeldBuild, RedisBuildLog } from './redis-build-log.ts';
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

/**
 * One build in the hands of this process: `finished` is aborted when its worker has done with it. The build is over by
 * that unless another worker has taken it, with a turn of its own.
 */
const holdBuild = (log: RedisBuildLog, held: HeldBuild) => {
  const stopping = new AbortController();
  const finished = new AbortController();
  const stop = (): void => stopping.abort(new SlipwayError('BUILD_CANCELLED'));
  let said = 0;
  let isOver = false;
  const makeJob = (request: BuildRequest): BuildJob => ({
    request,
    signal: stopping.signal,
    report: async (event) => {
      said += 1;
      if (!(await log.report(held, said, event))) stop();
    },
    finish: async (result) => {
      isOver = await log.finish(held, result);
      finished.abort();
    },
  });
  /** Looks whenever something changes whether the build is still wanted from this worker, until the signal is aborted. */
  const watch = async (signal: AbortSignal): Promise<void> => {
    using listening = log.listen(held.id);
    for (; !signal.aborted; await listening.wait(signal)) if (!(await log.isWanted(held))) stop();
  };
  return { finished: finished.signal, isOver: () => isOver, makeJob, watch };
};

/** The result of a build that is not to be begun again; undefined when it is. */
const resultBefore = ({ losses, isCancelled }: { losses: number; isCancelled: boolean }): BuildResult | undefined => {
  if (isCancelled) return { ok: false, error: new SlipwayError('BUILD_CANCELLED').toBody() };
  return losses > MAX_LOSSES ? { ok: false, error: new SlipwayError('BUILD_WORKER_LOST').toBody() } : undefined;
};

type Turns = Pick<WorkerParts, 'log' | 'perRepository' | 'lease' | 'lossMs'> & { readonly closing: AbortSignal };

/** What a turn begins: the build, and who has it. Nothing when there is none to begin, or the process stops. */
type Begun = { readonly held: HeldBuild; readonly build: BegunBuild };

/** The build that a turn is for: one whose worker was lost, which still has its repository's share, else who is next. */
const chooseForTurn = ({ builds }: Awaited<ReturnType<RedisBuildLog['look']>>, turn: string, perRepository: number) =>
  builds.find((build) => build.turn === turn || build.isLost) ?? chooseBuild(builds, perRepository);

/** Begins a build for a turn, as soon as there is one that may run. A turn is as good as any other. */
const beginTurn = async (turns: Turns, turn: string): Promise<Begun | undefined> => {
  const { log, perRepository, lease, lossMs, closing } = turns;
  using listening = log.listenToAll();
  await lease.begun;
  while (!closing.aborted) {
    const look = await log.look();
    const next = chooseForTurn(look, turn, perRepository);
    if (next !== undefined) {
      const held = { id: next.id, imageName: next.imageName, worker: `${lease.holder}/${randomUUID()}` };
      const build = await log.begin(held, turn, look.round);
      if (build !== undefined) return { held, build };
    } else if (look.builds.every(({ isRunning }) => isRunning)) return undefined;
    // Nobody rings when a worker is lost.
    else await listening.wait(AbortSignal.any([closing, AbortSignal.timeout(lossMs)]));
  }
  return undefined;
};

/**
 * Takes turns from BullMQ, which renews the lock of each while it runs and gives it to another worker when it is not
 * renewed any more. Nothing is taken before somebody asks.
 */
export const createRedisBuildWorker = (parts: WorkerParts) => {
  const { redis, lossMs, concurrency, onError, log } = parts;
  const takers = createTakers();
  const closing = new AbortController();
  const turns = { ...parts, closing: closing.signal };
  let worker: Worker | undefined;

  /** Begins a build for a taker and stays with it; gives whether the turn is over, or to be left to others. */
  const serve = async (taker: Taker, turn: string): Promise<boolean> => {
    const begun = await beginTurn(turns, turn);
    const result = begun && resultBefore(begun.build);
    if (begun === undefined || result !== undefined) takers.add(taker, true);
    if (begun === undefined) return !closing.signal.aborted;
    if (result !== undefined) {
      await log.finish(begun.held, result);
      return true;
    }
    const build = holdBuild(log, begun.held);
    taker(build.makeJob(begun.build.request));
    await build.watch(AbortSignal.any([build.finished, closing.signal]));
    if (!build.finished.aborted) await log.giveBack(begun.held);
    return build.isOver();
  };
  const process = async (job: Job, token = ''): Promise<void> => {
    const taker = await takers.next(closing.signal);
    if (taker !== undefined && (await serve(taker, job.id ?? ''))) return;
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
