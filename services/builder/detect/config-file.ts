import { posix } from 'node:path';
import { createDetectError } from './detect-error.ts';
import type { RepositoryFiles } from './repository-files.ts';

/**
 * The path of a configuration file when the directory has it, compared exactly. A directory of that name does not
 * count. Throws DETECT_FILE_UNREADABLE when the name is there but leads to no file inside of the repository.
 */
export const findConfigFile = (files: RepositoryFiles, directory: string, name: string): string | undefined => {
  if (!files.list(directory).includes(name)) return undefined;
  const path = posix.join(directory, name);
  const kind = files.kindOf(path);
  if (kind === undefined)
    throw createDetectError('DETECT_FILE_UNREADABLE', {
      file: path,
      problem: 'it is a symbolic link that does not lead to a file inside of the repository.',
    });
  return kind === 'file' ? path : undefined;
};
