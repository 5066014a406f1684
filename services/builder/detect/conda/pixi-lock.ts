import { posix } from 'node:path';
import { Type, type Static } from 'typebox';
import type { Evidence } from '../../../contracts/build-plan.ts';
import { findConfigFile } from '../config-file.ts';
import { createDetectError, quoteText } from '../detect-error.ts';
import type { ProjectInstall } from '../detection.ts';
import { freeName } from '../python/generated-lines.ts';
import type { LockedPackage } from '../python/locked-package.ts';
import { readProject } from '../python/project.ts';
import { checkYaml, readYaml, type YamlFile } from '../yaml-file.ts';
import { CONDA_PLATFORM, parseChecksum, parseCondaFile, type CondaFile } from './conda-file.ts';
import { leave, MAX_LOCK_BYTES, use, type CondaContext, type FindConda } from './conda-source.ts';
import { explainAge, makeLocked } from './lock-age.ts';
import { makeLockedEnvironment, makeLockedPython, type LockedPython } from './locked-environment.ts';
import { findManifest, listAsked, listUnused } from './pixi-manifest.ts';

const Text = Type.Optional(Type.String());

/** The address or path of a package under `conda` or `pypi`; packages that pixi builds have another key. */
const Reference = Type.Object({ conda: Text, pypi: Text });
const Environment = Type.Object({
  indexes: Type.Optional(Type.Array(Type.String())),
  packages: Type.Record(Type.String(), Type.Array(Reference)),
});
/** Up to version 5 `kind` tells them apart and `url` or `path` names them, since version 6 as in a Reference. */
const Package = Type.Object({
  kind: Text,
  url: Text,
  path: Text,
  conda: Text,
  pypi: Text,
  name: Text,
  version: Text,
  sha256: Text,
  md5: Text,
  editable: Text,
});
type Package = Static<typeof Package>;

const PixiLock = Type.Object({
  version: Type.String(),
  environments: Type.Record(Type.String(), Environment),
  packages: Type.Array(Package),
});
type PixiLock = Static<typeof PixiLock>;

const VERSIONS = ['4', '5', '6', '7'];

type Numbered = Package & { readonly node: unknown; readonly line: number };

const locationOf = ({ conda, pypi, url, path }: Package): string => conda ?? pypi ?? url ?? path ?? '';

const readLock = (context: CondaContext, file: string): { readonly lock: PixiLock; readonly yaml: YamlFile } => {
  const yaml = readYaml(context.files, file, { code: 'DETECT_LOCK_INVALID', maxBytes: MAX_LOCK_BYTES, isText: true });
  const version: unknown = yaml.document.get('version');
  if (typeof version === 'string' && !VERSIONS.includes(version))
    throw yaml.fail(
      yaml.document.get('version', true),
      `version ${quoteText(version)} of the format is not known here; ${VERSIONS.join(', ')} are.`,
      'Write the lock with another version of pixi: remove the file and run pixi lock.',
    );
  return { lock: checkYaml(yaml, PixiLock), yaml };
};

const chooseReferences = ({ environments }: PixiLock, file: string) => {
  const environment = environments['default'];
  const fail = (problem: string, hint: string) => createDetectError('DETECT_LOCK_INVALID', { file, problem, hint });
  if (environment === undefined)
    throw fail(
      `it has no environment "default", only ${quoteText(Object.keys(environments).join(', '))}.`,
      'Run pixi lock with the environment that is to be installed named default in the manifest.',
    );
  const references = environment.packages[CONDA_PLATFORM];
  if (references === undefined)
    throw fail(
      `it has no packages for ${CONDA_PLATFORM}, only for ${quoteText(Object.keys(environment.packages).join(', '))}.`,
      `Run pixi workspace platform add ${CONDA_PLATFORM} and commit pixi.toml and pixi.lock.`,
    );
  return { references, indexes: environment.indexes ?? [] };
};

/** The packages of the lock that the default environment has on this platform, in its order. */
const selectPackages = ({ lock, yaml }: ReturnType<typeof readLock>) => {
  const { references, indexes } = chooseReferences(lock, yaml.file);
  const byLocation = new Map(lock.packages.map((one, index) => [locationOf(one), { one, index }]));
  const selected = references.map((reference, position): Numbered => {
    const location = reference.conda ?? reference.pypi;
    const place: unknown = yaml.document.getIn(['environments', 'default', 'packages', CONDA_PLATFORM, position], true);
    if (location === undefined)
      throw yaml.fail(place, 'this package is built from its source, which is not done here.');
    const found = byLocation.get(location);
    if (found === undefined) throw yaml.fail(place, `${quoteText(location)} is not below packages.`);
    const node: unknown = yaml.document.getIn(['packages', found.index], true);
    const kind = reference.conda === undefined ? 'pypi' : 'conda';
    return { ...found.one, kind, node, line: yaml.lineOf(node) };
  });
  return { selected, indexes };
};

const readConda = (one: Numbered, yaml: YamlFile): CondaFile => {
  const location = locationOf(one);
  const found = parseCondaFile(location);
  if (typeof found === 'string') throw yaml.fail(one.node, `${quoteText(location)} ${found}`);
  const checksum = one.sha256 === undefined ? parseChecksum('md5', one.md5 ?? '') : parseChecksum('sha256', one.sha256);
  if (checksum === undefined) throw yaml.fail(one.node, `${quoteText(found.name)} has no checksum.`);
  return { ...found, checksum };
};

const readPython = (one: Numbered, yaml: YamlFile): LockedPython => {
  const { name, version = '', sha256, editable, line } = one;
  const location = locationOf(one).replace(/^direct\+/, '');
  if (name === undefined) throw yaml.fail(one.node, `${quoteText(location)} has no name.`);
  return { name, version, location, sha256, isEditable: editable === 'true', line };
};

const isTop = (context: CondaContext, { location }: LockedPython): boolean =>
  !location.includes(':') && posix.join(context.directory, location).replace(/\/$/, '') === '.';

/** The repository itself where it is one of the packages; the lock has what it needs. */
const readTop = (context: CondaContext, top: LockedPython | undefined): ProjectInstall | undefined => {
  if (top === undefined) return undefined;
  const install = context.directory === '' ? readProject(context.files, true)?.install : undefined;
  const project = install ?? { file: freeName(context.files, 'project.txt'), withDependencies: false };
  return top.isEditable === true ? { ...project, isEditable: true } : project;
};

type Compared = { readonly file: string; readonly locked: ReturnType<typeof makeLocked> };

const explainManifest = (context: CondaContext, { file, locked }: Compared): readonly Evidence[] => {
  const manifest = findManifest(context);
  if (manifest === undefined) return [];
  const age = explainAge(listAsked(manifest), locked);
  const warning = age === undefined ? '' : `, which is out of date: ${age}; run pixi lock`;
  const unused = listUnused(manifest).map((table) => leave(manifest.file, `its table ${table} is not used`));
  return [leave(manifest.file, `it is locked by ${file}${warning}`), ...unused];
};

/** pixi.lock: the default environment. Throws DETECT_LOCK_INVALID with file and line. */
export const findPixiLock: FindConda = (context) => {
  const file = findConfigFile(context.files, context.directory, 'pixi.lock');
  if (file === undefined) return undefined;
  const read = readLock(context, file);
  const { selected, indexes } = selectPackages(read);
  const packages = selected.filter(({ kind }) => kind === 'conda').map((one) => readConda(one, read.yaml));
  const all = selected.filter(({ kind }) => kind === 'pypi').map((one) => readPython(one, read.yaml));
  const python: readonly LockedPackage[] = all.filter((one) => !isTop(context, one)).map(makeLockedPython);
  const project = readTop(
    context,
    all.find((one) => isTop(context, one)),
  );
  const locked = makeLocked([...packages, ...all]);
  return {
    ...makeLockedEnvironment(context, { file, packages, python, indexes }),
    ...(project === undefined ? {} : { project }),
    evidence: [
      use(file, `it says exactly which ${packages.length + all.length} packages are installed`),
      ...explainManifest(context, { file, locked }),
    ],
  };
};
