import type { Readable } from 'node:stream';
import type { ResolvedRepository } from '../../contracts/repository.ts';
import { runToResult } from '../../platform/run-to-result.ts';
import { createTemporaryDirectory } from '../../platform/temporary-directory.ts';
import { createContentTar } from '../image/content-tar.ts';
import type { ContentFetcher } from './content-fetcher.ts';

export type OpenContent = AsyncDisposable & { readonly pack: (prefix: string) => Readable };

/** Fetches a commit, to be packed below a directory as the layer of an image would be. Throws what fetchers throw. */
export const openContent = async (
  { fetcher, temporary }: { readonly fetcher: ContentFetcher; readonly temporary: string },
  repository: ResolvedRepository,
  signal: AbortSignal,
): Promise<OpenContent> => {
  const place = await createTemporaryDirectory(temporary, 'content-');
  try {
    const { directory, committedAt } = await runToResult(
      fetcher.fetch({ imageName: '', repository }, place.path, signal),
    );
    return {
      pack: (prefix) => createContentTar([{ kind: 'tree', directory, prefix }], committedAt),
      [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
    };
  } catch (error) {
    await place[Symbol.asyncDispose]();
    throw error;
  }
};
