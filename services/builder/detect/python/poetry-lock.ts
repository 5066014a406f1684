import { Type, type Static } from 'typebox';
import { Table } from '../../../contracts/table.ts';
import { findConfigFile } from '../config-file.ts';
import { createDetectError } from '../detect-error.ts';
import type { RepositoryFiles } from '../repository-files.ts';
import { makeRequirementSet } from './generated-lines.ts';
import { renderIndexes, renderLocked, type LockedPackage, type Origin } from './locked-package.ts';
import { simplifyMarker, type Condition } from './marker.ts';
import { followPoetryNeeds, listGroups, normaliseName } from './poetry-needs.ts';
import { parsePoetryRanges } from './poetry-range.ts';
import { readPyproject, type Pyproject } from './pyproject-toml.ts';
import type { FindSource } from './python-source.ts';
import { findLine, findTableLine, readToml, type DataFile } from './toml-file.ts';

const Text = Type.Optional(Type.String());
const Files = Type.Array(Type.Object({ hash: Text }));
const Package = Type.Object({
  name: Type.String(),
  version: Type.String(),
  develop: Type.Optional(Type.Boolean()),
  groups: Type.Optional(Type.Array(Type.String())),
  markers: Type.Optional(Type.Union([Type.String(), Table(Type.String())])),
  files: Type.Optional(Files),
  dependencies: Type.Optional(Table(Type.Unknown())),
  extras: Type.Optional(Table(Type.Array(Type.String()))),
  source: Type.Optional(
    Type.Object({ type: Type.String(), url: Type.String(), resolved_reference: Text, subdirectory: Text }),
  ),
});
type Package = Static<typeof Package>;

const PoetryLockSchema = Type.Object({
  package: Type.Optional(Type.Array(Package)),
  metadata: Type.Object({
    'lock-version': Text,
    'python-versions': Text,
    files: Type.Optional(Table(Files)),
  }),
});

type PoetryLock = DataFile<Static<typeof PoetryLockSchema>> & { readonly pyproject: Pyproject | undefined };

const fail = ({ file, text }: PoetryLock, index: number, problem: string) => {
  const line = findTableLine(text, 'package', index);
  return createDetectError('DETECT_LOCK_INVALID', { file, ...(line === undefined ? {} : { line }), problem });
};

const originOf = ({ source, develop }: Package): Origin | undefined => {
  if (source === undefined || source.type === 'legacy') return { kind: 'index' };
  const fragment = source.subdirectory === undefined ? '' : `#subdirectory=${source.subdirectory}`;
  if (source.type === 'git') {
    const address = `git+${source.url}@${source.resolved_reference ?? ''}${fragment}`;
    return { kind: 'address', address, hasHash: false };
  }
  if (source.type === 'url') return { kind: 'address', address: `${source.url}${fragment}`, hasHash: true };
  const isPath = source.type === 'directory' || source.type === 'file';
  return isPath ? { kind: 'path', path: source.url, isEditable: develop === true } : undefined;
};

/** When a package is installed, as locks since Poetry 2 note: with any of its groups, each under its marker. */
const conditionOf = ({ groups = [], markers }: Package, active: ReadonlySet<string>, python: string) => {
  const target = { python, extras: new Set<string>(), groups: new Set<string>() };
  const wanted = groups.filter((group) => active.has(group));
  const texts = wanted.map((group) => (typeof markers === 'string' ? markers : markers?.[group]));
  if (texts.includes(undefined)) return true;
  return wanted.length === 0 ? false : simplifyMarker(texts.map((text) => `(${text})`).join(' or '), target);
};

const readConditions = (lock: PoetryLock, python: string): readonly (Condition | undefined)[] => {
  const packages = lock.data.package ?? [];
  const hasGroups = packages.every(({ groups }) => groups !== undefined);
  const active = listGroups(lock.pyproject);
  if (hasGroups) return packages.map((one) => conditionOf(one, active, python));
  if (lock.pyproject === undefined)
    throw fail(lock, 0, 'it does not say when a package is installed, and there is no pyproject.toml beside it.');
  const reached = followPoetryNeeds(packages, lock.pyproject, python);
  const names = packages.map(({ name }) => normaliseName(name));
  const twice = names.findIndex((name, index) => reached.has(name) && names.indexOf(name) !== index);
  if (twice !== -1)
    throw fail(
      lock,
      twice,
      `${JSON.stringify(names[twice])} has two versions; only locks of Poetry 2 say when each is installed.`,
    );
  return names.map((name) => reached.get(name) ?? false);
};

const readPackages = (lock: PoetryLock, python: string): readonly LockedPackage[] => {
  const { package: packages = [], metadata } = lock.data;
  const conditions = readConditions(lock, python);
  return packages.map((one, index) => {
    const { name, version, files = metadata.files?.[name] ?? [] } = one;
    const origin = originOf(one);
    const condition = conditions[index];
    if (origin === undefined) throw fail(lock, index, `the source of ${JSON.stringify(name)} is of no known type.`);
    if (condition === undefined)
      throw fail(lock, index, `the markers of ${JSON.stringify(name)} cannot be understood.`);
    const line = findTableLine(lock.text, 'package', index) ?? 1;
    return { name, version, origin, hashes: files.flatMap(({ hash }) => hash ?? []), condition, line };
  });
};

const readSet = (files: RepositoryFiles, lock: PoetryLock, python: string) => {
  const packages = readPackages(lock, python);
  const { lines, options } = renderLocked(packages);
  const installed = (lock.data.package ?? []).filter((_, index) => packages[index]?.condition !== false);
  const urls = installed.map(({ source }) => (source?.type === 'legacy' ? source.url : undefined));
  return makeRequirementSet(files, {
    file: lock.file,
    lines,
    options: [...renderIndexes(urls, 1), ...options],
    code: 'DETECT_LOCK_INVALID',
  });
};

/**
 * poetry.lock: the main group and all that are not optional, as `poetry install` does; without extras. Throws
 * DETECT_LOCK_INVALID with file and line.
 */
export const findPoetryLock: FindSource = ({ files, directory }) => {
  const file = findConfigFile(files, directory, 'poetry.lock');
  if (file === undefined) return undefined;
  const read = readToml(files, file, { schema: PoetryLockSchema, code: 'DETECT_LOCK_INVALID' });
  const lock = { ...read, pyproject: readPyproject(files, directory) };
  const range = lock.data.metadata['python-versions'];
  const line = findLine(lock.text, /^python-versions = (?![^]*^python-versions)/m);
  const place = { file, ...(line === undefined ? {} : { line }) };
  return {
    file,
    because: 'it says exactly which packages Poetry chose',
    project: 'alone',
    ...(range === undefined ? {} : { wish: { ...place, text: range, ranges: parsePoetryRanges(range) } }),
    read: (python) => ({ requirements: readSet(files, lock, python), isExact: true }),
  };
};
