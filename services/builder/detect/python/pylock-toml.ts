import { Type, type Static } from 'typebox';
import { Table } from '../../../contracts/table.ts';
import { findConfigFile } from '../config-file.ts';
import { createDetectError } from '../detect-error.ts';
import type { RepositoryFiles } from '../repository-files.ts';
import { makeRequirementSet } from './generated-lines.ts';
import { renderIndexes, renderLocked, type LockedPackage, type Origin } from './locked-package.ts';
import { simplifyMarker } from './marker.ts';
import type { FindSource } from './python-source.ts';
import { findLine, findTableLine, readToml, type DataFile } from './toml-file.ts';

const Text = Type.Optional(Type.String());
const Texts = Type.Optional(Type.Array(Type.String()));
const Hashes = Type.Optional(Table(Type.String()));
const File = Type.Object({ url: Text, path: Text, hashes: Hashes, subdirectory: Text });

const Package = Type.Object({
  name: Type.String(),
  version: Text,
  marker: Text,
  index: Text,
  vcs: Type.Optional(
    Type.Object({ type: Type.String(), url: Text, path: Text, 'commit-id': Type.String(), subdirectory: Text }),
  ),
  directory: Type.Optional(
    Type.Object({ path: Type.String(), editable: Type.Optional(Type.Boolean()), subdirectory: Text }),
  ),
  archive: Type.Optional(File),
  sdist: Type.Optional(File),
  wheels: Type.Optional(Type.Array(File)),
});
type Package = Static<typeof Package>;

const PylockSchema = Type.Object({
  'lock-version': Type.String({ pattern: String.raw`^1\.\d+$` }),
  'requires-python': Text,
  'default-groups': Texts,
  packages: Type.Array(Package),
});
type Pylock = DataFile<Static<typeof PylockSchema>>;

const withSubdirectory = (address: string, subdirectory: string | undefined): string =>
  subdirectory === undefined ? address : `${address}#subdirectory=${subdirectory}`;

const originOf = ({ version, vcs, directory, archive }: Package): Origin | undefined => {
  if (vcs?.url !== undefined)
    return {
      kind: 'address',
      address: withSubdirectory(`${vcs.type}+${vcs.url}@${vcs['commit-id']}`, vcs.subdirectory),
      hasHash: false,
    };
  if (directory !== undefined)
    return {
      kind: 'path',
      path: withSubdirectory(directory.path, directory.subdirectory),
      isEditable: directory.editable === true,
    };
  if (archive?.url !== undefined)
    return { kind: 'address', address: withSubdirectory(archive.url, archive.subdirectory), hasHash: true };
  if (archive?.path !== undefined) return { kind: 'path', path: archive.path, isEditable: false };
  return version === undefined || vcs !== undefined ? undefined : { kind: 'index' };
};

const hashesOf = ({ archive, sdist, wheels = [] }: Package): readonly string[] =>
  [archive, sdist, ...wheels]
    .filter((file) => file !== undefined)
    .flatMap(({ hashes = {} }) => Object.entries(hashes).map(([name, digits]) => `${name}:${digits}`));

const readPackages = ({ file, data, text }: Pylock, python: string): readonly LockedPackage[] => {
  const target = { python, extras: new Set<string>(), groups: new Set(data['default-groups'] ?? []) };
  return data.packages.map((locked, index) => {
    const line = findTableLine(text, 'packages', index) ?? 1;
    const condition = locked.marker === undefined ? true : simplifyMarker(locked.marker, target);
    const origin = originOf(locked);
    const fail = (problem: string) => createDetectError('DETECT_LOCK_INVALID', { file, line, problem });
    if (condition === undefined) throw fail(`the marker of ${JSON.stringify(locked.name)} cannot be understood.`);
    if (origin === undefined) throw fail(`${JSON.stringify(locked.name)} has neither a version nor an address.`);
    return { name: locked.name, version: locked.version ?? '', origin, hashes: hashesOf(locked), condition, line };
  });
};

const readSet = (files: RepositoryFiles, pylock: Pylock, python: string) => {
  const { lines, options } = renderLocked(readPackages(pylock, python));
  const indexes = renderIndexes(
    pylock.data.packages.map(({ index }) => index),
    1,
  );
  const { file } = pylock;
  return makeRequirementSet(files, { file, lines, options: [...indexes, ...options], code: 'DETECT_LOCK_INVALID' });
};

/** pylock.toml (PEP 751), with its default groups and no extras. Throws DETECT_LOCK_INVALID with file and line. */
export const findPylock: FindSource = ({ files, directory }) => {
  const file = findConfigFile(files, directory, 'pylock.toml');
  if (file === undefined) return undefined;
  const pylock = readToml(files, file, { schema: PylockSchema, code: 'DETECT_LOCK_INVALID' });
  const range = pylock.data['requires-python'];
  const line = findLine(pylock.text, 'requires-python');
  const place = { file, ...(line === undefined ? {} : { line }) };
  return {
    file,
    because: 'it says exactly which packages are installed',
    project: 'alone',
    ...(range === undefined ? {} : { wish: { ...place, text: range, ranges: [range] } }),
    read: (python) => ({ requirements: readSet(files, pylock, python), isExact: true }),
  };
};
