import { posix } from 'node:path';
import { createDetectError, quoteText, type DetectCode } from '../detect-error.ts';
import type { RequirementSet } from '../detection.ts';
import type { SourceLine } from '../logical-lines.ts';
import type { RepositoryFiles } from '../repository-files.ts';
import { followRequirements } from '../requirements-txt.ts';

/** A name of that ending in the directory that the repository does not use. */
export const freeName = (files: RepositoryFiles, name: string): string =>
  files.kindOf(name) === undefined ? name : freeName(files, name.replace(/\.txt$/, '.slipway.txt'));

const usesHash = (set: RequirementSet, wanted: boolean): boolean =>
  set.files.some(({ lines }) => lines.some((line) => line.kind === 'requirement' && line.hasHash === wanted));

/** Where some have no hash (a commit of a Git repository), those that are there are verified and no more are asked for. */
const relaxHashes = (set: RequirementSet): RequirementSet => {
  if (!usesHash(set, false)) return set;
  const files = set.files.map((file) => ({
    ...file,
    lines: file.lines.map((line) => (line.kind === 'requirement' ? { ...line, hasHash: false } : line)),
  }));
  return { ...set, files };
};

/** What a line of a requirements file cannot hold, because it would be read as something else. */
const checkLine = ({ text, line }: SourceLine, file: string, code: DetectCode): void => {
  if (/^\s*-|[\r\n]|\\$|(?:^|\s)#/.test(text))
    throw createDetectError(code, { file, line, problem: `${quoteText(text)} is not a requirement.` });
};

export type Generated = {
  readonly file: string;
  readonly lines: readonly SourceLine[];
  /** Lines that begin with an option, as only the translation may write them. */
  readonly options?: readonly SourceLine[];
  readonly code: DetectCode;
};

/**
 * The requirements that a project file or a lock amounts to, as a requirements file beside it; paths start from its
 * directory. Throws DETECT_ errors that name the file and its line.
 */
export const makeRequirementSet = (
  files: RepositoryFiles,
  { file, lines, options = [], code }: Generated,
): RequirementSet => {
  for (const line of lines) checkLine(line, file, code);
  const path = freeName(files, `${file}.txt`);
  const root = { path, role: 'requirements', lines: [...options, ...lines], writtenIn: file } as const;
  return relaxHashes(followRequirements(root, files, posix.dirname(file)));
};
