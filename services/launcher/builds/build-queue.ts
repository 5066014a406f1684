import type { BuildEvent, BuildRequest, BuildResult } from '../../contracts/build.ts';

/** A build as the worker sees it. */
export type BuildJob = {
  readonly request: BuildRequest;
  /** Aborted when the build is to stop: nobody wants it any more, or another worker has the job. */
  readonly signal: AbortSignal;
  /** Resolves when those who follow can see it. */
  report(event: BuildEvent): Promise<void>;
  /** Counts once, and only while the job is this worker's. */
  finish(result: BuildResult): Promise<void>;
};

/** A build that waits or runs. */
export type UnfinishedBuild = { readonly request: BuildRequest; readonly isRunning: boolean };

/**
 * One job per image name. Promises: asking for an image that is queued or being built joins that job and sees its
 * whole log; `take` gives each job to one worker; a job whose worker was killed is queued again at the next
 * start, its log begun anew; a finished job is not kept for those who ask later (the image is looked up instead).
 */
export interface BuildQueue {
  /** Yields the build's events from its first, returns its result. Aborting stops following, not the build. */
  follow(request: BuildRequest, signal: AbortSignal): AsyncGenerator<BuildEvent, BuildResult>;
  /** The same for a build that is asked for already. Throws BUILD_NOT_FOUND when there is none. */
  watch(imageName: string, signal: AbortSignal): AsyncGenerator<BuildEvent, BuildResult>;
  /** What waits or runs, oldest first. */
  list(): Promise<readonly UnfinishedBuild[]>;
  /** Ends a build: one that waits at once, one that runs as soon as its worker has stopped. Throws BUILD_NOT_FOUND. */
  cancel(imageName: string): Promise<void>;
  /** Waits for the next job; resolves undefined when the signal is aborted. */
  take(signal: AbortSignal): Promise<BuildJob | undefined>;
  /** Jobs that wait for a worker and jobs that run. */
  depth(): Promise<{ readonly queued: number; readonly running: number }>;
}
