import { posix } from 'node:path';
import type { Evidence } from '../../contracts/build-plan.ts';
import type { RequirementSet } from './detection.ts';
import type { RepositoryFiles } from './repository-files.ts';

/** Files that other tools, or later versions, install from; the reason is shown as it is. */
const NOT_YET: Readonly<Record<string, string>> = {
  'conda-osx-64.lock': 'it is for another platform than linux-64',
  'conda-osx-arm64.lock': 'it is for another platform than linux-64',
  'conda-win-64.lock': 'it is for another platform than linux-64',
  'conda-linux-aarch64.lock': 'it is for another platform than linux-64',
};

/** Files that this version reads, where the kind of the repository allows. */
const READ = [
  'Dockerfile',
  'conda-lock.yml',
  'conda-linux-64.lock',
  'environment.yml',
  'environment.yaml',
  'pixi.lock',
  'pixi.toml',
  'requirements.txt',
  'runtime.txt',
  'Pipfile',
  'Pipfile.lock',
  'pylock.toml',
  'uv.lock',
  'poetry.lock',
  'pyproject.toml',
  'setup.py',
  '.devcontainer.json',
  '.devcontainer/devcontainer.json',
  'default.nix',
  'install.R',
  'DESCRIPTION',
  'renv.lock',
  'JuliaProject.toml',
  'Project.toml',
  'JuliaManifest.toml',
  'Manifest.toml',
  'REQUIRE',
  'apt.txt',
  'postBuild',
  'start',
];

const KNOWN: readonly string[] = [...READ, ...Object.keys(NOT_YET)];
const BY_LOWER_CASE = new Map(KNOWN.map((name) => [name.toLowerCase(), name]));

export type Ignoring = {
  readonly files: RepositoryFiles;
  readonly directory: string;
  /** Paths of which it is known already whether they are used. */
  readonly explained: readonly string[];
  /** Why another file that could have been read was not. */
  readonly because: string;
};

const reasonFor = (name: string, because: string): string | undefined => {
  if (READ.includes(name)) return because;
  if (Object.hasOwn(NOT_YET, name)) return NOT_YET[name];
  const meant = BY_LOWER_CASE.get(name.toLowerCase());
  return meant === undefined ? undefined : `upper and lower case matter: the name is ${meant}`;
};

/** Says of each configuration file that is there and was not used, nor explained, why it was not. */
export const explainIgnored = ({ files, directory, explained, because }: Ignoring): readonly Evidence[] =>
  [...files.list(directory), ...(directory === '' ? ['.devcontainer/devcontainer.json'] : [])].flatMap(
    (name): readonly Evidence[] => {
      const file = posix.join(directory, name);
      if (explained.includes(file)) return [];
      const isNested = name.includes('/') && files.kindOf(file) !== 'file';
      const reason = files.kindOf(file) === 'directory' || isNested ? undefined : reasonFor(name, because);
      return reason === undefined ? [] : [{ file, used: false, because: reason }];
    },
  );

/** Says of each configuration file at the top that only the binder directory is looked at. */
export const explainHidden = (files: RepositoryFiles, binder: string): readonly Evidence[] => {
  const hidden = files.list('').filter((name) => KNOWN.includes(name) && files.kindOf(name) === 'file');
  const because = `the directory ${binder}/ exists, so only its files are read`;
  return hidden.map((file) => ({ file, used: false, because }));
};

/** Says of each file that a set of requirements includes that it is read. */
export const explainIncluded = ({ root, files }: RequirementSet, source: string): readonly Evidence[] =>
  files
    .filter(({ path }) => path !== root)
    .map(({ path }) => ({ file: path, used: true, because: `${source} includes it` }));
