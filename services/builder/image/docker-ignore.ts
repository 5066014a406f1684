import dockerignore from '@balena/dockerignore';
import { posix } from 'node:path';
import { decodeText } from '../detect/decode-text.ts';
import type { RepositoryFiles } from '../detect/repository-files.ts';
import type { TreeFilter } from './walk-tree.ts';

const IGNORE_FILE = '.dockerignore';

/** Docker prefers the ignore file of one Dockerfile to that of the whole context. */
const findIgnoreFile = (files: RepositoryFiles, dockerfile: string): string | undefined =>
  [`${dockerfile}${IGNORE_FILE}`, IGNORE_FILE].find((path) => files.kindOf(path) === 'file');

/**
 * What the .dockerignore of a repository keeps out of its context, by Docker's rules; undefined when there is none.
 * The Dockerfile itself always goes along. Throws DETECT_FILE_UNREADABLE.
 */
export const readDockerIgnore = (files: RepositoryFiles, dockerfile: string): TreeFilter | undefined => {
  const path = findIgnoreFile(files, dockerfile);
  if (path === undefined) return undefined;
  const patterns = decodeText(files.read(path), { file: path, otherwise: 'latin1' })
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const rules = dockerignore.default({ ignorecase: false }).add(patterns);
  return {
    isExcluded: (name) => name !== posix.normalize(dockerfile) && rules.ignores(name),
    hasExceptions: patterns.some((line) => line.startsWith('!')) || dockerfile.includes('/'),
  };
};
