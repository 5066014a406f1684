import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';

export type TemporaryDirectory = AsyncDisposable & { readonly path: string };

/** A directory that is removed at the end of its `await using` scope, however the scope ends. */
export const createTemporaryDirectory = async (parent: string, prefix: string): Promise<TemporaryDirectory> => {
  const path = await mkdtemp(join(parent, prefix));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
};
