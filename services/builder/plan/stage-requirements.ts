import { posix } from 'node:path';
import { isPublicIndex } from '../detect/public-index.ts';
import { isServerPackage } from './server-packages.ts';
import type { InstallStep, StagedFile } from '../../contracts/build-plan.ts';
import type { PythonInstall, RequirementLine, RequirementSet, RequirementsFile } from '../detect/detection.ts';

type Installation = { readonly install: InstallStep; readonly files: StagedFile[] };

export type StagedRequirements = {
  /** What can be installed before the content is there; absent when nothing can. */
  readonly early?: Installation;
  /** What has to wait for the content: all of the set again, so that versions are chosen together. */
  readonly late?: Installation;
};

/** Said on the command line of the installer, or of no meaning to it. */
const NOT_STAGED = new Set(['--pre', '--prefer-binary', '--require-hashes', '--trusted-host', '--use-feature']);
const REPO_DIR = '${REPO_DIR}';

const isPublic = (line: RequirementLine): boolean =>
  line.kind === 'option' && line.name === '--index-url' && isPublicIndex(line.value);

/** A directory of the repository as the installer must be told it: it expands the variable itself. */
const locate = (path: string): string => {
  if (path.startsWith('/')) return path;
  return path === '.' ? REPO_DIR : `${REPO_DIR}/${path}`;
};

const renderLine = (line: RequirementLine, directory: string): readonly string[] => {
  if (line.kind === 'include') return [`${line.option} ${posix.relative(directory, line.path)}`];
  if (line.kind === 'address') return [`${line.option} ${line.url}`];
  if (line.kind === 'note') return [`# ${line.text}`];
  if (line.kind !== 'option') return [line.text];
  if (NOT_STAGED.has(line.name) || isPublic(line)) return [];
  if (line.value === '') return [line.name];
  return [`${line.name} ${line.isLocal ? locate(line.value) : line.value}`];
};

type Rendering = { readonly keepLocal: boolean; readonly first: readonly string[] };

const renderFile = ({ path, lines }: RequirementsFile, { keepLocal, first }: Rendering): StagedFile => {
  const kept = lines.filter(({ kind }) => keepLocal || kind !== 'local');
  const rendered = [...first, ...kept.flatMap((line) => renderLine(line, posix.dirname(path)))];
  return { path, text: rendered.map((line) => `${line}\n`).join('') };
};

const renderSet = ({ root, files }: RequirementSet, { keepLocal, first }: Rendering): StagedFile[] =>
  files.map((file) => renderFile(file, { keepLocal, first: file.path === root ? first : [] }));

const hasOption = (lines: readonly RequirementLine[], name: string): boolean =>
  lines.some((line) => line.kind === 'option' && line.name === name && !isPublic(line));

/**
 * Splits a set of requirements into what an environment image can hold and what needs the content. As with pip, one
 * line with a hash asks for hashes of all; local packages cannot have one, so only the early part holds to it.
 */
export const stageRequirements = ({ requirements: set, isExact }: PythonInstall): StagedRequirements => {
  const lines = set.files.flatMap(({ lines }) => lines);
  const required = set.files.filter(({ role }) => role === 'requirements').flatMap(({ lines }) => lines);
  const install: InstallStep = {
    kind: 'requirements',
    file: set.root,
    prerelease: hasOption(lines, '--pre'),
    ownIndex: hasOption(lines, '--index-url'),
    ...(required.some((line) => line.kind === 'requirement' && isServerPackage(line.text))
      ? { checksServer: true }
      : {}),
    ...(isExact ? { noDependencies: true } : {}),
  };
  const needsHashes =
    hasOption(lines, '--require-hashes') || lines.some((line) => line.kind === 'requirement' && line.hasHash);
  const isLocalSource = lines.some((line) => line.kind === 'option' && line.isLocal);
  const hasRequirements = required.some(
    (line) => line.kind === 'requirement' || (line.kind === 'address' && line.option === '--requirement'),
  );
  const hasLocal = required.some(({ kind }) => kind === 'local');
  const early = { keepLocal: false, first: needsHashes ? ['--require-hashes'] : [] };
  const late = { keepLocal: true, first: needsHashes && !hasLocal ? ['--require-hashes'] : [] };
  return {
    ...(hasRequirements && !isLocalSource ? { early: { install, files: renderSet(set, early) } } : {}),
    ...(hasLocal || (hasRequirements && isLocalSource) ? { late: { install, files: renderSet(set, late) } } : {}),
  };
};
