import type { BuildEvent, BuildRequest, BuildResult } from '../contracts/build.ts';
import { SlipwayError, toSlipwayError } from '../contracts/slipway-error.ts';
import type { Clock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';

/** A build that somebody waits for; the worker says how it goes and how it ended. */
export type WorkerJob = {
  readonly request: BuildRequest;
  /** Aborted when the build is to stop, because nobody wants it or another worker has it. */
  readonly signal: AbortSignal;
  report(event: BuildEvent): Promise<void>;
  finish(result: BuildResult): Promise<void>;
};

/** Where jobs come from. */
export interface JobSource {
  /** Waits for the next job; resolves undefined when the signal is aborted. */
  take(signal: AbortSignal): Promise<WorkerJob | undefined>;
}

export type WorkerParts = {
  readonly jobs: JobSource;
  readonly build: (request: BuildRequest, signal: AbortSignal) => AsyncGenerator<BuildEvent, BuildResult>;
  readonly concurrency: number;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** Before an error of the infrastructure is given to those who wait, the build is tried once more. */
const RETRY_PAUSE_MS = 5000;

const runBuild = async ({ build }: WorkerParts, job: WorkerJob, signal: AbortSignal): Promise<BuildResult> => {
  const run = build(job.request, signal);
  for (;;) {
    const next = await run.next();
    if (next.done === true) return next.value;
    await job.report(next.value);
  }
};

const runWithRetry = async (parts: WorkerParts, job: WorkerJob, signal: AbortSignal): Promise<BuildResult> => {
  try {
    return await runBuild(parts, job, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    const error = toSlipwayError(thrown);
    parts.logger.warn({ err: thrown, code: error.code, image: job.request.imageName }, 'build failed, trying again');
    const message = `${error.message} Trying once more in ${RETRY_PAUSE_MS / 1000} seconds.\n`;
    await job.report({ phase: 'building', message, at: parts.clock.now() });
  }
  await parts.clock.sleep(RETRY_PAUSE_MS, signal);
  return runBuild(parts, job, signal);
};

/** Builds one job to its end; when the worker is stopped the job stays unfinished and is begun again later. */
const runJob = async (parts: WorkerParts, job: WorkerJob, stopping: AbortSignal): Promise<void> => {
  const signal = AbortSignal.any([stopping, job.signal]);
  try {
    await job.finish(await runWithRetry(parts, job, signal));
  } catch (thrown) {
    if (stopping.aborted) return;
    const error = job.signal.aborted ? new SlipwayError('BUILD_CANCELLED') : toSlipwayError(thrown);
    parts.logger.error({ err: thrown, code: error.code, image: job.request.imageName }, 'build failed');
    await job.finish({ ok: false, error: error.toBody() });
  }
};

const runLoop = async (parts: WorkerParts, signal: AbortSignal): Promise<void> => {
  for (;;) {
    const job = await parts.jobs.take(signal);
    if (job === undefined) return;
    await runJob(parts, job, signal);
  }
};

/** Takes jobs and builds them, `concurrency` at a time, until the signal is aborted. */
export const runWorker = async (parts: WorkerParts, signal: AbortSignal): Promise<void> => {
  await Promise.all(Array.from({ length: parts.concurrency }, () => runLoop(parts, signal)));
};
