import { Type, type Static } from 'typebox';
import { findConfigFile } from '../config-file.ts';
import { createDetectError, quoteText } from '../detect-error.ts';
import type { LockedPackage } from '../python/locked-package.ts';
import { checkYaml, readYaml, type YamlFile } from '../yaml-file.ts';
import { CONDA_PLATFORM, parseChecksum, parseCondaFile, type CondaFile } from './conda-file.ts';
import { MAX_LOCK_BYTES, use, type FindConda } from './conda-source.ts';
import { makeLockedEnvironment, makeLockedPython } from './locked-environment.ts';
import { readLockedSources } from './locked-sources.ts';

const Text = Type.Optional(Type.String());
const Hashes = Type.Object({ md5: Text, sha256: Text });

const Package = Type.Object({
  name: Type.String(),
  version: Type.String(),
  manager: Type.Union([Type.Literal('conda'), Type.Literal('pip')]),
  platform: Type.String(),
  url: Type.String(),
  hash: Hashes,
  category: Text,
});
type Package = Static<typeof Package>;

const CondaLock = Type.Object({
  version: Type.Literal('1'),
  metadata: Type.Object({
    platforms: Type.Optional(Type.Array(Type.String())),
    sources: Type.Optional(Type.Array(Type.String())),
    inputs_metadata: Type.Optional(Type.Record(Type.String(), Hashes)),
  }),
  package: Type.Array(Package),
});
type CondaLock = Static<typeof CondaLock>;

/** What `conda-lock install` takes when nothing else is asked for: all but the extras. */
const CATEGORIES = new Set(['main', 'dev']);

type Numbered = Package & { readonly node: unknown; readonly line: number };

/** The packages for this platform, each with where it stands. */
const selectPackages = (lock: CondaLock, yaml: YamlFile): readonly Numbered[] => {
  const platforms = [...new Set(lock.package.map(({ platform }) => platform))];
  if (!platforms.includes(CONDA_PLATFORM)) {
    const [source = 'environment.yml'] = lock.metadata.sources ?? [];
    const wanted = [...platforms, CONDA_PLATFORM].map((one) => `--platform ${one}`).join(' ');
    throw createDetectError('DETECT_LOCK_INVALID', {
      file: yaml.file,
      problem: `it has no packages for ${CONDA_PLATFORM}, only for ${quoteText(platforms.join(', '))}.`,
      hint: `Run conda-lock lock --file ${source} ${wanted} and commit the file.`,
    });
  }
  return lock.package.flatMap((one, index) => {
    if (one.platform !== CONDA_PLATFORM || !CATEGORIES.has(one.category ?? 'main')) return [];
    const node: unknown = yaml.document.getIn(['package', index], true);
    return [{ ...one, node, line: yaml.lineOf(node) }];
  });
};

const readConda = ({ name, url, hash, node }: Numbered, yaml: YamlFile): CondaFile => {
  const found = parseCondaFile(url);
  if (typeof found === 'string') throw yaml.fail(node, `${quoteText(url)} of ${quoteText(name)} ${found}`);
  const checksum =
    hash.sha256 === undefined ? parseChecksum('md5', hash.md5 ?? '') : parseChecksum('sha256', hash.sha256);
  if (checksum === undefined) throw yaml.fail(node, `${quoteText(name)} has no checksum.`);
  return { ...found, name: name.toLowerCase(), checksum };
};

const readPython = ({ name, version, url, hash, line }: Numbered): LockedPackage =>
  makeLockedPython({ name, version, location: url, sha256: hash.sha256, line });

/** conda-lock.yml: the packages of the main and dev categories. Throws DETECT_LOCK_INVALID with file and line. */
export const findCondaLock: FindConda = (context) => {
  const file = findConfigFile(context.files, context.directory, 'conda-lock.yml');
  if (file === undefined) return undefined;
  const yaml = readYaml(context.files, file, { code: 'DETECT_LOCK_INVALID', maxBytes: MAX_LOCK_BYTES, isText: true });
  const lock = checkYaml(yaml, CondaLock);
  const selected = selectPackages(lock, yaml);
  const packages = selected.filter(({ manager }) => manager === 'conda').map((one) => readConda(one, yaml));
  const python = selected.filter(({ manager }) => manager === 'pip').map(readPython);
  const { installs, ...environment } = makeLockedEnvironment(context, { file, packages, python });
  const { sources: names = ['environment.yml'], inputs_metadata: digests = {} } = lock.metadata;
  const sources = readLockedSources(context, { file, names, digests, packages: [...packages, ...python] });
  return {
    ...environment,
    ...(sources.variables === undefined ? {} : { variables: sources.variables }),
    installs: [...installs, ...sources.installs],
    evidence: [
      use(file, `it says exactly which ${packages.length + python.length} packages are installed`),
      ...sources.evidence,
    ],
  };
};
