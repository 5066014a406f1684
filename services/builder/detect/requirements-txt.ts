import type { RequirementSet, RequirementsFile } from './detection.ts';
import { createDetectError, type Place } from './detect-error.ts';
import { decodeText } from './decode-text.ts';
import { joinLogicalLines, splitLines, type SourceLine } from './logical-lines.ts';
import type { RepositoryFiles } from './repository-files.ts';
import { parseRequirementLine } from './requirement-line.ts';

type Role = RequirementsFile['role'];
type Source = {
  readonly path: string;
  readonly role: Role;
  readonly lines: readonly SourceLine[];
  /** The file in the same directory that an author has to correct, where it is another one. */
  readonly writtenIn?: string;
};
type Wanted = { readonly path: string; readonly role: Role; readonly by: Place };

/** More than any project has; keeps a hostile chain of files from going on. */
const MAX_FILES = 100;

const readLines = (files: RepositoryFiles, path: string): readonly SourceLine[] =>
  splitLines(decodeText(files.read(path), { file: path, otherwise: 'latin1' }));

const openIncluded = (files: RepositoryFiles, { path, role, by }: Wanted): Source => {
  if (files.kindOf(path) !== 'file')
    throw createDetectError('DETECT_REQUIREMENTS_INVALID', {
      ...by,
      problem: `it includes ${path}, which is not a file of the repository.`,
      hint: 'Paths after -r and -c start from the directory of the file that they stand in.',
    });
  return { path, role, lines: readLines(files, path) };
};

type Parsed = { readonly file: RequirementsFile; readonly wanted: readonly Wanted[] };

const parseFile = (source: Source, files: RepositoryFiles, base: string): Parsed => {
  const { path, role, lines, writtenIn: written = path } = source;
  const parsed = joinLogicalLines(lines).flatMap((source) =>
    parseRequirementLine(source, { files, base, file: written, role }).map((line) => ({ line, at: source.line })),
  );
  const wanted = parsed.flatMap(({ line, at }): Wanted[] =>
    line.kind === 'include'
      ? [
          {
            path: line.path,
            role: line.option === '--constraint' ? 'constraints' : 'requirements',
            by: { file: written, line: at },
          },
        ]
      : [],
  );
  return { file: { path, role, lines: parsed.map(({ line }) => line) }, wanted };
};

/** A file that is required and also a constraint is read as both, and kept as required. */
const keepRequired = (found: readonly RequirementsFile[]): readonly RequirementsFile[] => {
  const byRole = found.toSorted((a, b) => (a.role < b.role ? -1 : 1));
  const byPath = new Map(byRole.map((file) => [file.path, file]));
  return [...byPath.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
};

const keyOf = ({ path, role }: { readonly path: string; readonly role: Role }): string => `${role} ${path}`;

const tooMany = (file: string) =>
  createDetectError('DETECT_REQUIREMENTS_INVALID', { file, problem: `it includes more than ${MAX_FILES} files.` });

/**
 * Follows `-r` and `-c` from a set of lines through the repository; a file that includes itself is read once.
 * `base` is where local paths start from. Throws DETECT_REQUIREMENTS_INVALID with file and line.
 */
export const followRequirements = (root: Source, files: RepositoryFiles, base: string): RequirementSet => {
  const found: RequirementsFile[] = [];
  const waiting: Source[] = [root];
  const seen = new Set([keyOf(root)]);
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { file, wanted } = parseFile(next, files, base);
    found.push(file);
    const added = wanted.filter((included) => !seen.has(keyOf(included)) && seen.add(keyOf(included)));
    if (seen.size > MAX_FILES) throw tooMany(root.path);
    waiting.push(...added.map((included) => openIncluded(files, included)));
  }
  return { root: root.path, files: keepRequired(found) };
};

/** Reads a requirements file and all that it includes. Throws DETECT_ errors that name file and line. */
export const readRequirementsTxt = (files: RepositoryFiles, path: string): RequirementSet =>
  followRequirements({ path, role: 'requirements', lines: readLines(files, path) }, files, '');
