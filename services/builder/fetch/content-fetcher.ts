import type { BuildRequest } from '../../contracts/build.ts';

/** The tree of one commit on disk, without `.git`. */
export type FetchedContent = {
  /** The directory to build: the sub-directory when the request names one. */
  readonly directory: string;
  /** Commit time, seconds since 1970: the time of every file in the image. */
  readonly committedAt: number;
};

/**
 * Brings one commit to disk. Promises: nothing outside of `into` is written; nothing of the repository is run;
 * symbolic links are kept as links and never followed (an archive may be refused for them); limits of size and time hold; yields lines for the log;
 * throws SlipwayError with a FETCH_ or REPO_ code.
 */
export interface ContentFetcher {
  fetch(request: BuildRequest, into: string, signal: AbortSignal): AsyncGenerator<string, FetchedContent>;
}
