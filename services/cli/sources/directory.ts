import { basename, resolve } from 'node:path';
import { createLocalDirectory } from '../../builder/fetch/local-directory.ts';
import { isDirectory } from '../plan.ts';
import type { Source } from './source.ts';

/** A directory has no commit; its image is named after its path and says so with this. */
const NO_COMMIT = '0'.repeat(40);

/** A directory of this machine. */
export const resolveDirectory: Source = async (text) => {
  if (!isDirectory(text)) return undefined;
  const directory = resolve(text);
  const urls = { cloneUrl: directory, repoUrl: directory, refUrl: directory };
  const names = { provider: 'local', canonical: `local${directory}`, persistentSpec: basename(directory) };
  return { repository: { ...names, ...urls, commit: NO_COMMIT }, fetcher: createLocalDirectory(directory) };
};
