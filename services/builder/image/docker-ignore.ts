import { posix } from 'node:path';
import { decodeText } from '../detect/decode-text.ts';
import { createDetectError, quoteText } from '../detect/detect-error.ts';
import type { RepositoryFiles } from '../detect/repository-files.ts';
import { matchesPath, parseIgnorePattern, type IgnorePattern } from './ignore-pattern.ts';
import type { TreeFilter } from './walk-tree.ts';

const IGNORE_FILE = '.dockerignore';

/** More than any project has; every path is compared with each. */
const MAX_PATTERNS = 1000;

/** Docker prefers the ignore file of one Dockerfile to that of the whole context. */
const findIgnoreFile = (files: RepositoryFiles, dockerfile: string): string | undefined =>
  [`${dockerfile}${IGNORE_FILE}`, IGNORE_FILE].find((path) => files.kindOf(path) === 'file');

const readPatterns = (files: RepositoryFiles, file: string): readonly IgnorePattern[] => {
  const fail = (problem: string, line?: number) =>
    createDetectError('DETECT_DOCKERIGNORE_INVALID', { file, ...(line === undefined ? {} : { line }), problem });
  const lines = decodeText(files.read(file), { file, otherwise: 'latin1' }).split('\n');
  const patterns = lines.flatMap((line, index) => {
    const text = line.trim();
    if (text === '' || text === '!' || text.startsWith('#')) return [];
    const pattern = parseIgnorePattern(text);
    if (pattern === undefined) throw fail(`${quoteText(text)} is not a pattern.`, index + 1);
    return [pattern];
  });
  if (patterns.length > MAX_PATTERNS) throw fail(`it has more than ${MAX_PATTERNS} patterns.`);
  return patterns;
};

/**
 * What the .dockerignore of a repository keeps out of its context, by Docker's rules: the last pattern that matches
 * decides. Gives undefined when there is none. The Dockerfile itself always goes along. Throws DETECT_FILE_UNREADABLE and
 * DETECT_DOCKERIGNORE_INVALID with file and line.
 */
export const readDockerIgnore = (files: RepositoryFiles, dockerfile: string): TreeFilter | undefined => {
  const file = findIgnoreFile(files, dockerfile);
  if (file === undefined) return undefined;
  const patterns = readPatterns(files, file);
  const isIgnored = (path: string): boolean => {
    const decisive = patterns.findLast((pattern) => matchesPath(pattern, path));
    return decisive !== undefined && !decisive.isException;
  };
  return {
    isExcluded: (path) => path !== posix.normalize(dockerfile) && isIgnored(path),
    hasExceptions: patterns.some(({ isException }) => isException) || dockerfile.includes('/'),
  };
};
