import type { Readable } from 'node:stream';
import type { ResolvedRepository } from '../../contracts/repository.ts';

/** The files of a commit, ready to be added to a session. Disposing gives back the disk that they take. */
export type Content = AsyncDisposable & {
  /** A tar archive with everything below one directory, which belongs to the user of sessions. */
  readonly pack: (directory: string) => Readable;
};

/** Fetches what is added to sessions. Throws SlipwayError with a FETCH_ or REPO_ code. */
export interface ContentSource {
  open(repository: ResolvedRepository, signal: AbortSignal): Promise<Content>;
}
