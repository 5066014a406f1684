import type { BuildEvent, BuildRequest } from '../../contracts/build.ts';
import type { BuilderParts } from '../builder-parts.ts';

/** One build under way: what is asked for, what it is done with, and what ends it. */
export type Build = { readonly request: BuildRequest; readonly parts: BuilderParts; readonly signal: AbortSignal };

/** A stage of a build: says what it does, gives what later stages need. */
export type Stage<Result> = AsyncGenerator<BuildEvent, Result>;
