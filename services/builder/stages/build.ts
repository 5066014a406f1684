import type { BuildEvent, BuildRequest } from '../../contracts/build.ts';
import type { BuilderParts } from '../builder-parts.ts';
import type { Hide } from '../image/hide-values.ts';

/** One build under way: what is asked for and what it is done with. */
export type Build = {
  readonly request: BuildRequest;
  readonly parts: BuilderParts;
  /** Ends it, by whoever may, or because it took too long. */
  readonly signal: AbortSignal;
  /** Ends it, without the limit of time: for what is done when the image is there. */
  readonly stop: AbortSignal;
  /** For what is recorded of it; what it says is hidden in at the end of the pipeline. */
  readonly hide: Hide;
};

/** A stage of a build: says what it does, gives what later stages need. */
export type Stage<Result> = AsyncGenerator<BuildEvent, Result>;
