import { Type, type Static } from 'typebox';
import { Table } from '../../../contracts/table.ts';
import { findConfigFile } from '../config-file.ts';
import { createDetectError } from '../detect-error.ts';
import type { RepositoryFiles } from '../repository-files.ts';
import { makeRequirementSet } from './generated-lines.ts';
import { followLock, type Edge } from './lock-graph.ts';
import { parseLockedGit, renderIndexes, renderLocked, type LockedPackage, type Origin } from './locked-package.ts';
import { simplifyMarker, type MarkerTarget } from './marker.ts';
import { readPyproject } from './pyproject-toml.ts';
import type { FindSource } from './python-source.ts';
import { findLine, findTableLine, readToml, type DataFile } from './toml-file.ts';

const Text = Type.Optional(Type.String());
const Source = Type.Object({
  registry: Text,
  git: Text,
  url: Text,
  path: Text,
  directory: Text,
  editable: Text,
  virtual: Text,
  subdirectory: Text,
});
const Dependency = Type.Object({
  name: Type.String(),
  version: Text,
  source: Type.Optional(Source),
  extra: Type.Optional(Type.Array(Type.String())),
  marker: Text,
});
const Dependencies = Type.Optional(Type.Array(Dependency));
const Groups = Type.Optional(Table(Type.Array(Dependency)));
const File = Type.Object({ hash: Text });
const Package = Type.Object({
  name: Type.String(),
  version: Text,
  source: Source,
  dependencies: Dependencies,
  'optional-dependencies': Groups,
  'dev-dependencies': Groups,
  sdist: Type.Optional(File),
  wheels: Type.Optional(Type.Array(File)),
});
type Package = Static<typeof Package>;
type Dependency = Static<typeof Dependency>;

const UvLockSchema = Type.Object({
  version: Type.Literal(1),
  'requires-python': Text,
  manifest: Type.Optional(Type.Object({ members: Type.Optional(Type.Array(Type.String())) })),
  package: Type.Optional(Type.Array(Package)),
});

/** A lock, and the dependency groups of the project that are installed unless asked otherwise. */
type UvLock = DataFile<Static<typeof UvLockSchema>> & { readonly groups: readonly string[] | 'all' };

const pathOf = ({ editable, virtual, directory, path }: Package['source']): string | undefined =>
  editable ?? virtual ?? directory ?? path;

const originOf = ({ source, sdist, wheels = [] }: Package): Origin => {
  if (source.git !== undefined) return parseLockedGit(source.git);
  if (source.url !== undefined)
    return {
      kind: 'address',
      address: `${source.url}${source.subdirectory === undefined ? '' : `#subdirectory=${source.subdirectory}`}`,
      hasHash: (sdist?.hash ?? wheels[0]?.hash) !== undefined,
    };
  const path = pathOf(source);
  return path === undefined ? { kind: 'index' } : { kind: 'path', path, isEditable: source.editable !== undefined };
};

const isRoot = ({ source }: Package): boolean => ['.', ''].includes(pathOf(source) ?? 'elsewhere');

/** Ids of the graph: the number of a package, and of what belongs to it behind a slash: an extra or a group. */
const createGraph = ({ file, data, text, groups }: UvLock, python: string) => {
  const packages = data.package ?? [];
  const byName = Map.groupBy(packages.keys(), (index) => packages[index]?.name ?? '');
  const fail = (index: number, problem: string) => {
    const line = findTableLine(text, 'package', index);
    return createDetectError('DETECT_LOCK_INVALID', { file, ...(line === undefined ? {} : { line }), problem });
  };
  const isDefault = (group: string) => groups === 'all' || groups.includes(group);
  const activeGroups = packages.filter(isRoot).flatMap((root) =>
    Object.keys(root['dev-dependencies'] ?? {})
      .filter(isDefault)
      .map((group) => `group-${root.name.length}-${root.name}-${group}`),
  );
  const target: MarkerTarget = { python, extras: new Set(activeGroups), groups: new Set() };

  const find = (from: number, { name, version, source }: Dependency): number => {
    const found = (byName.get(name) ?? []).filter((index) => {
      const one = packages[index];
      const isVersion = version === undefined || one?.version === version;
      return isVersion && (source === undefined || JSON.stringify(one?.source) === JSON.stringify(source));
    });
    const [index] = found;
    if (index !== undefined && found.length === 1) return index;
    throw fail(from, `it needs ${JSON.stringify(name)}, which the lock has ${found.length} times.`);
  };
  const follow = (from: number, dependency: Dependency): readonly Edge[] => {
    const condition = dependency.marker === undefined ? true : simplifyMarker(dependency.marker, target);
    if (condition === undefined)
      throw fail(from, `the marker of ${JSON.stringify(dependency.name)} cannot be understood.`);
    if (condition === false) return [];
    const to = find(from, dependency);
    return ['', ...(dependency.extra ?? [])].map((extra) => ({ to: `${to}/${extra}`, condition }));
  };
  const edgesOf = (id: string): readonly Edge[] => {
    const [number = '', extra = ''] = id.split('/', 2);
    const one = packages[Number(number)];
    const needs = extra === '' ? one?.dependencies : one?.['optional-dependencies']?.[extra];
    return (needs ?? []).flatMap((need) => follow(Number(number), need));
  };
  const groupEdges = (index: number): readonly Edge[] =>
    Object.entries(packages[index]?.['dev-dependencies'] ?? {})
      .filter(([group]) => isDefault(group))
      .flatMap(([, needs]) => needs.flatMap((need) => follow(index, need)));
  return { packages, edgesOf, groupEdges };
};

/** The project at the top; where there is none, all members of the workspace. */
const rootsOf = ({ data }: UvLock): readonly number[] => {
  const packages = data.package ?? [];
  const top = [...packages.keys()].filter((index) => packages[index] !== undefined && isRoot(packages[index]));
  const members = data.manifest?.members ?? [];
  return top.length > 0 ? top : [...packages.keys()].filter((index) => members.includes(packages[index]?.name ?? ''));
};

const ROOT = 'root';

const readPackages = (lock: UvLock, python: string): readonly LockedPackage[] => {
  const { packages, edgesOf, groupEdges } = createGraph(lock, python);
  const roots = rootsOf(lock);
  const rootEdges = roots.flatMap((index) => [{ to: `${index}/`, condition: true }, ...groupEdges(index)]);
  const reached = followLock([ROOT], (id) => (id === ROOT ? rootEdges : edgesOf(id)));
  return packages.flatMap((one, index) => {
    const condition = reached.get(`${index}/`);
    if (condition === undefined || one.source.virtual !== undefined) return [];
    const hashes = [one.sdist, ...(one.wheels ?? [])].flatMap((file) => file?.hash ?? []);
    const line = findTableLine(lock.text, 'package', index) ?? 1;
    return [{ name: one.name, version: one.version ?? '', origin: originOf(one), hashes, condition, line }];
  });
};

const readSet = (files: RepositoryFiles, lock: UvLock, python: string) => {
  const packages = readPackages(lock, python);
  const { lines, options } = renderLocked(packages);
  const names = new Set(packages.map(({ name }) => name));
  const used = (lock.data.package ?? []).filter(({ name }) => names.has(name));
  const indexes = renderIndexes(
    used.map(({ source }) => source.registry),
    1,
  );
  const { file } = lock;
  return makeRequirementSet(files, { file, lines, options: [...indexes, ...options], code: 'DETECT_LOCK_INVALID' });
};

/**
 * uv.lock: the project at the top with its default groups, as `uv sync` installs it; without extras. Throws
 * DETECT_LOCK_INVALID with file and line.
 */
export const findUvLock: FindSource = ({ files, directory }) => {
  const file = findConfigFile(files, directory, 'uv.lock');
  if (file === undefined) return undefined;
  const groups = readPyproject(files, directory)?.data.tool?.uv?.['default-groups'] ?? ['dev'];
  const lock = { ...readToml(files, file, { schema: UvLockSchema, code: 'DETECT_LOCK_INVALID' }), groups };
  const range = lock.data['requires-python'];
  const line = findLine(lock.text, 'requires-python');
  const place = { file, ...(line === undefined ? {} : { line }) };
  return {
    file,
    because: 'it says exactly which packages uv chose',
    project: 'alone',
    ...(range === undefined ? {} : { wish: { ...place, text: range, ranges: [range] } }),
    read: (python) => ({ requirements: readSet(files, lock, python), isExact: true }),
  };
};
