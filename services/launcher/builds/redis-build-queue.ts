import { Queue } from 'bullmq';
import type { BuildEvent, BuildRequest, BuildResult } from '../../contracts/build.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { RedisStore } from '../../platform/redis.ts';
import type { RedisLease } from '../../platform/redis-lease.ts';
import type { BuildQueue } from './build-queue.ts';
import { createRedisBuildLog, type JoinedBuild, type RedisBuildLog } from './redis-build-log.ts';
import { createRedisBuildWorker, QUEUE } from './redis-build-worker.ts';

export type RedisBuildQueueParts = {
  readonly redis: RedisStore;
  /** Whose builds are those that are taken here, as long as it lives. */
  readonly lease: RedisLease;
  /** A worker that was not heard of for so long has lost its builds. */
  readonly lossMs: number;
  /** Builds at a time, if builds are taken here. */
  readonly concurrency: number;
  /** The most builds of one repository at the same time, whoever builds them. 0: any number. */
  readonly perRepository: number;
  readonly onError: (error: Error) => void;
};

export type RedisBuildQueue = BuildQueue & { close(): Promise<void> };

/** Yields the log of one build; returns its result, or nothing when the build is gone without one. */
async function* followLog(log: RedisBuildLog, build: JoinedBuild, signal: AbortSignal) {
  using listening = log.listen(build.id);
  for (let [last, isGone] = [build.start, false]; ;) {
    signal.throwIfAborted();
    const entries = await log.readAfter(build.id, last);
    for (const entry of entries) {
      signal.throwIfAborted();
      if ('result' in entry) return entry.result;
      yield entry.event;
      last = entry.id;
    }
    if (entries.length > 0) continue;
    if (isGone) return undefined;
    isGone = !(await log.isCurrent(build));
    if (!isGone) await listening.wait(signal);
  }
}

/** What is done with a build that is asked for already. Throws BUILD_NOT_FOUND. */
const createKnownBuilds = (log: RedisBuildLog): Pick<BuildQueue, 'watch' | 'list' | 'cancel'> => {
  const find = async (imageName: string) => {
    const build = await log.find(imageName);
    if (build === undefined) throw new SlipwayError('BUILD_NOT_FOUND');
    return build;
  };
  return {
    watch: async function* watch(imageName, signal) {
      const result = yield* followLog(log, await find(imageName), signal);
      if (result === undefined) throw new SlipwayError('BUILD_NOT_FOUND');
      return result;
    },
    list: async () => (await log.list()).map(({ request, isRunning }) => ({ request, isRunning })),
    cancel: async (imageName) => {
      const build = await find(imageName);
      const result = { ok: false, error: new SlipwayError('BUILD_CANCELLED').toBody() } as const;
      if (!(await log.finish({ ...build, worker: '' }, result))) await log.cancel(build);
    },
  };
};

/**
 * One job in BullMQ for each build, which is a turn to build any of them: it gives each turn to one worker and takes it
 * from one that died. Builds and their logs are in Redis.
 */
export const createRedisBuildQueue = (parts: RedisBuildQueueParts): RedisBuildQueue => {
  const { redis, lease, onError } = parts;
  const log = createRedisBuildLog(redis, lease);
  const queue = new Queue(QUEUE, { connection: redis.client, prefix: redis.prefix });
  queue.on('error', onError);
  const worker = createRedisBuildWorker({ ...parts, log });

  /** Adds the job again and again: a process may have died between joining and adding; BullMQ knows the id. */
  const join = async (request: BuildRequest): Promise<JoinedBuild> => {
    const build = await log.join(request);
    await queue.add('build', {}, { jobId: build.id, removeOnComplete: true, removeOnFail: true });
    return build;
  };

  async function* follow(request: BuildRequest, signal: AbortSignal): AsyncGenerator<BuildEvent, BuildResult> {
    for (;;) {
      signal.throwIfAborted();
      const result = yield* followLog(log, await join(request), signal);
      if (result !== undefined) return result;
    }
  }
  return {
    follow,
    ...createKnownBuilds(log),
    take: worker.take,
    depth: async () => {
      const builds = await log.list();
      const running = builds.filter(({ isRunning }) => isRunning).length;
      return { queued: builds.length - running, running };
    },
    close: async () => {
      await worker.close();
      await queue.close();
    },
  };
};
