import type { Readable } from 'node:stream';
import type { BuildStep } from '../../contracts/launch-event.ts';

/** One image to build from a Dockerfile. */
export type ImageBuildRequest = {
  readonly tag: string;
  /** Tar stream of the build context, which holds the Dockerfile. */
  readonly context: Readable;
  /** Path of the Dockerfile inside of the context. */
  readonly dockerfile: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** The stage of the Dockerfile that is built; the last one otherwise. */
  readonly target?: string;
};

/**
 * What a running build says: a line of output; output that is no line of the log, because the line is not over or the
 * log is cut, or that the engine clips and does not pass on; or a step that began or ended.
 */
export type ImageBuildMessage =
  | { readonly kind: 'line'; readonly text: string; readonly step: string }
  | { readonly kind: 'unseen'; readonly step: string; readonly isClipped: boolean }
  | { readonly kind: 'step'; readonly step: BuildStep };

/** A build that ran and failed: a result of the repository, not of the engine. */
export type ImageBuildOutcome =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly failedStep: string;
      readonly lastLines: readonly string[];
      readonly message: string;
    };

/**
 * Builds images. Promises: aborting the signal ends the build and nothing of it goes on; a failing instruction is
 * an outcome; an engine that does not answer is thrown as SlipwayError BUILD_ENGINE_UNAVAILABLE, a full disk as
 * BUILD_DISK_FULL; an unfinished build leaves no image behind.
 */
export interface ImageBuilder {
  build(request: ImageBuildRequest, signal: AbortSignal): AsyncGenerator<ImageBuildMessage, ImageBuildOutcome>;
}
