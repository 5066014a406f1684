import { Table } from '../../../contracts/table.ts';
import { isPublicIndex } from '../public-index.ts';
import { Type, type Static } from 'typebox';
import { findConfigFile } from '../config-file.ts';
import { decodeText } from '../decode-text.ts';
import { createDetectError } from '../detect-error.ts';
import type { RepositoryFiles } from '../repository-files.ts';
import { makeRequirementSet } from './generated-lines.ts';
import { PackageEntry, renderEntry } from './package-entry.ts';
import type { FindSource, PythonSource } from './python-source.ts';
import type { PythonWish } from './python-version.ts';
import { checkData, findLine, readToml, type DataFile } from './toml-file.ts';

const Requires = Type.Optional(
  Type.Object({ python_version: Type.Optional(Type.String()), python_full_version: Type.Optional(Type.String()) }),
);
const Sources = Type.Optional(Type.Array(Type.Object({ url: Type.String() })));
const Packages = Type.Optional(Table(PackageEntry));

const PipfileSchema = Type.Object({
  source: Sources,
  packages: Packages,
  'dev-packages': Packages,
  requires: Requires,
  pipenv: Type.Optional(Type.Object({ allow_prereleases: Type.Optional(Type.Boolean()) })),
});

const LockSchema = Type.Object({
  _meta: Type.Object({ requires: Requires, sources: Sources }),
  default: Packages,
  develop: Packages,
});

type Section = Readonly<Record<string, Static<typeof PackageEntry>>>;

/** What Pipfile and Pipfile.lock both say. */
type Pipenv = DataFile<{
  readonly requires: Static<typeof Requires> | undefined;
  readonly sources: Static<typeof Sources> | undefined;
  readonly packages: Section;
  readonly develop: Section;
  readonly prerelease: boolean;
}>;

const readJson = (files: RepositoryFiles, file: string): DataFile<unknown> => {
  const text = decodeText(files.read(file), { file, otherwise: 'refuse' });
  try {
    return { file, data: JSON.parse(text), text };
  } catch (error) {
    const [, line] = /\(line (\d+) column/.exec(error instanceof Error ? error.message : '') ?? [];
    throw createDetectError('DETECT_LOCK_INVALID', {
      file,
      ...(line === undefined ? {} : { line: Number(line) }),
      problem: 'it is not JSON.',
    });
  }
};

const readLock = (files: RepositoryFiles, file: string): Pipenv => {
  const { data, text } = checkData(readJson(files, file), { schema: LockSchema, code: 'DETECT_LOCK_INVALID' });
  const { _meta, default: packages = {}, develop = {} } = data;
  return {
    file,
    text,
    data: { requires: _meta.requires, sources: _meta.sources, packages, develop, prerelease: false },
  };
};

const readPipfile = (files: RepositoryFiles, file: string): Pipenv => {
  const { data, text } = readToml(files, file, { schema: PipfileSchema, code: 'DETECT_PROJECT_INVALID' });
  const { requires, source: sources, packages = {}, 'dev-packages': develop = {}, pipenv } = data;
  return { file, text, data: { requires, sources, packages, develop, prerelease: pipenv?.allow_prereleases === true } };
};

/** A patch version is kept where it is offered. */
const wishOf = ({ file, text, data }: Pipenv): PythonWish | undefined => {
  const wanted = data.requires?.python_full_version ?? data.requires?.python_version;
  if (wanted === undefined || wanted === '*') return undefined;
  const [version] = /^\d+(?:\.\d+)?(?=\.\d+$|$)/.exec(wanted) ?? [wanted];
  const line = findLine(text, /python_(?:full_)?version"?\s*[=:]/);
  return {
    file,
    text: wanted,
    ranges: [`==${version}.*`],
    exact: wanted,
    decides: true,
    ...(line === undefined ? {} : { line }),
  };
};

const normalise = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

/** Packages of both groups, as `pipenv install --dev` does; one that is in both is taken from the first. */
const renderPackages = ({ text, data }: Pipenv) => {
  const names = new Set(Object.keys(data.packages).map(normalise));
  const develop = Object.entries(data.develop).filter(([name]) => !names.has(normalise(name)));
  return [...Object.entries(data.packages), ...develop].map(([name, entry]) => {
    const key = name.replaceAll(/[^\w-]/g, '.');
    const line = findLine(text, new RegExp(`^[ \\t]*"?${key}"?[ \\t]*[=:]`, 'm')) ?? 1;
    return renderEntry({ name, line }, entry);
  });
};

const renderOptions = ({ text, data }: Pipenv) => {
  const sources = data.sources ?? [];
  const own = sources.filter(({ url }) => !isPublicIndex(url));
  const options = own.map(({ url }, index) => ({
    line: findLine(text, url) ?? 1,
    text: `${index === 0 && own.length === sources.length ? '--index-url' : '--extra-index-url'} ${url}`,
  }));
  return data.prerelease ? [...options, { line: 1, text: '--pre' }] : options;
};

const makeSource = (files: RepositoryFiles, pipenv: Pipenv, isLock: boolean): PythonSource => {
  const entries = renderPackages(pipenv);
  const lines = entries.filter(({ isEditable }) => !isEditable);
  const options = [...renderOptions(pipenv), ...entries.filter(({ isEditable }) => isEditable)];
  const code = isLock ? 'DETECT_LOCK_INVALID' : 'DETECT_PROJECT_INVALID';
  const wish = wishOf(pipenv);
  return {
    file: pipenv.file,
    because: isLock ? 'it says which versions Pipenv chose' : 'it names Python packages',
    project: 'ignored',
    ...(wish === undefined ? {} : { wish }),
    read: () => ({
      requirements: makeRequirementSet(files, { file: pipenv.file, lines, options, code }),
      isExact: isLock,
    }),
  };
};

/** Pipfile.lock, else Pipfile, both groups of it. Throws DETECT_LOCK_INVALID and DETECT_PROJECT_INVALID errors. */
export const findPipenv: FindSource = ({ files, directory }) => {
  const lock = findConfigFile(files, directory, 'Pipfile.lock');
  if (lock !== undefined) return makeSource(files, readLock(files, lock), true);
  const pipfile = findConfigFile(files, directory, 'Pipfile');
  return pipfile === undefined ? undefined : makeSource(files, readPipfile(files, pipfile), false);
};
