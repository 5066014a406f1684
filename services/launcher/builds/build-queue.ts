import type { BuildEvent, BuildRequest, BuildResult } from '../../contracts/build.ts';

/** A build as the worker sees it. */
export type BuildJob = {
  readonly request: BuildRequest;
  /** Aborted when the build is to stop: nobody wants it any more, or another worker has the job. */
  readonly signal: AbortSignal;
  /** Resolves when those who follow can see it. */
  report(event: BuildEvent): Promise<void>;
  finish(result: BuildResult): Promise<void>;
};

/**
 * One job per image name. Promises: asking for an image that is queued or being built joins that job and sees its
 * whole log; `take` gives each job to one worker; a job whose worker was killed is queued again at the next
 * start, its log begun anew; a finished job is not kept for those who ask later (the image is looked up instead).
 */
export interface BuildQueue {
  /** Yields the build's events from its first, returns its result. Aborting stops following, not the build. */
  follow(request: BuildRequest, signal: AbortSignal): AsyncGenerator<BuildEvent, BuildResult>;
  /** Waits for the next job; resolves undefined when the signal is aborted. */
  take(signal: AbortSignal): Promise<BuildJob | undefined>;
  /** Jobs that wait for a worker and jobs that run. */
  depth(): Promise<{ readonly queued: number; readonly running: number }>;
}
