import { createDetectError, quoteText } from '../detect-error.ts';
import type { PythonInstall, RequirementSet } from '../detection.ts';
import type { SourceLine } from '../logical-lines.ts';
import { makeRequirementSet } from '../python/generated-lines.ts';
import { renderEntry } from '../python/package-entry.ts';
import { hasStaticDependencies, readProjectDependencies, readPyproject } from '../python/pyproject-toml.ts';
import { findLine } from '../python/toml-file.ts';
import { chooseInstaller } from './choose-installer.ts';
import { parseChannel } from './conda-channels.ts';
import { CONDA_PLATFORM } from './conda-file.ts';
import { parseCondaPackage, type CondaPackage } from './conda-package.ts';
import { leave, use, type CondaContext, type FindConda } from './conda-source.ts';
import { renderCondaSpec, toPackageEntry } from './pixi-spec.ts';
import {
  defaultFeatures,
  findManifest,
  listSpecs,
  listUnused,
  type PixiManifest,
  type PixiSpec,
} from './pixi-manifest.ts';

const CODE = 'DETECT_PROJECT_INVALID';

const failAt = ({ file }: PixiManifest, line: number, problem: string) =>
  createDetectError(CODE, { file, line, problem });

const checkPlatforms = ({ file, data, text }: PixiManifest): void => {
  const { platforms } = data.workspace ?? data.project ?? {};
  const names = platforms?.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  if (names === undefined || names.some((name) => name.includes(CONDA_PLATFORM))) return;
  const line = text.split('\n').findIndex((one) => /^\s*platforms\s*=/.test(one)) + 1;
  throw createDetectError(CODE, {
    file,
    ...(line === 0 ? {} : { line }),
    problem: `its platforms are ${quoteText(names.join(', '))}; images are for ${CONDA_PLATFORM}.`,
    hint: `Run pixi workspace platform add ${CONDA_PLATFORM} and commit what it changes.`,
  });
};

/** In the order of their priority, the highest first, else in that of the file. */
const readChannels = (manifest: PixiManifest): readonly string[] => {
  const { data, file } = manifest;
  const listed = [data.workspace ?? data.project ?? {}, ...defaultFeatures(manifest)].flatMap(
    ({ channels = [] }) => channels,
  );
  const weighed = listed.map((one) => (typeof one === 'string' ? { channel: one } : one));
  const inOrder = weighed.toSorted((a, b) => (b.priority ?? 0) - (a.priority ?? 0));
  return inOrder.map(({ channel }) => {
    const found = parseChannel(channel);
    if (found !== undefined) return found;
    throw createDetectError(CODE, {
      file,
      problem: `${quoteText(channel)} is not a channel: a name, or an http address without a password.`,
    });
  });
};

const readPackage = ({ name, value, line }: PixiSpec, manifest: PixiManifest): CondaPackage => {
  const rendered = renderCondaSpec(name, value);
  if ('problem' in rendered) throw failAt(manifest, line, `${quoteText(name)} ${rendered.problem}`);
  const found = parseCondaPackage(rendered.text, line);
  if (typeof found === 'string') throw failAt(manifest, line, `${quoteText(rendered.text)} ${found}`);
  return found;
};

const readIndexes = (manifest: PixiManifest): readonly SourceLine[] => {
  const { data } = manifest;
  const options = [data.workspace ?? data.project ?? {}, ...defaultFeatures(manifest)].flatMap(
    (one) => one['pypi-options'] ?? [],
  );
  return options.flatMap((one) => [
    ...(one['index-url'] === undefined ? [] : [{ line: 1, text: `--index-url ${one['index-url']}` }]),
    ...(one['extra-index-urls'] ?? []).map((url) => ({ line: 1, text: `--extra-index-url ${url}` })),
  ]);
};

const readPypi = (context: CondaContext, manifest: PixiManifest): RequirementSet | undefined => {
  const specs = listSpecs(manifest, 'pypi');
  if (specs.length === 0) return undefined;
  const entries = specs.map(({ name, value, line }) => {
    const found = toPackageEntry(value);
    if ('problem' in found) throw failAt(manifest, line, `${quoteText(name)} ${found.problem}`);
    return { index: found.index, line, rendered: renderEntry({ name, line }, found.entry) };
  });
  const indexes = [...new Set(entries.flatMap(({ index }) => index ?? []))];
  return makeRequirementSet(context.files, {
    file: manifest.file,
    lines: entries.map(({ rendered }) => rendered).filter(({ isEditable }) => !isEditable),
    options: [
      ...readIndexes(manifest),
      ...indexes.map((url) => ({ line: 1, text: `--extra-index-url ${url}` })),
      ...entries.map(({ rendered }) => rendered).filter(({ isEditable }) => isEditable),
    ],
    code: CODE,
  });
};

type ProjectNeeds = { readonly python: readonly CondaPackage[]; readonly installs: readonly PythonInstall[] };

/** In pyproject.toml pixi also takes what [project] says: the range of Python, and packages of the index. */
const readProjectTable = ({ files, directory }: CondaContext, manifest: PixiManifest): ProjectNeeds => {
  const pyproject = manifest.file.endsWith('pyproject.toml') ? readPyproject(files, directory) : undefined;
  if (pyproject === undefined) return { python: [], installs: [] };
  const range = pyproject.data.project?.['requires-python'];
  const line = findLine(pyproject.text, 'requires-python') ?? 1;
  const needs = hasStaticDependencies(pyproject) ? readProjectDependencies(files, pyproject) : undefined;
  return {
    python: range === undefined ? [] : [readPackage({ name: 'python', value: range, line }, manifest)],
    installs: needs === undefined ? [] : [{ requirements: needs, isExact: false }],
  };
};

/** pixi.toml, or [tool.pixi] in pyproject.toml, without a lock. Throws DETECT_PROJECT_INVALID with file and line. */
export const findPixiToml: FindConda = (context) => {
  const manifest = findManifest(context);
  if (manifest === undefined) return undefined;
  const { file } = manifest;
  checkPlatforms(manifest);
  const table = readProjectTable(context, manifest);
  const own = listSpecs(manifest, 'conda').map((spec) => readPackage(spec, manifest));
  const packages = own.some(({ name }) => name === 'python') ? own : [...table.python, ...own];
  const wanted = { file, packages, channels: readChannels(manifest), code: CODE } as const;
  const { because, ...chosen } = chooseInstaller(wanted, context);
  const requirements = readPypi(context, manifest);
  return {
    ...chosen,
    installs: [...(requirements === undefined ? [] : [{ requirements, isExact: false }]), ...table.installs],
    evidence: [
      use(file, `${because}; with pixi.lock beside it, every build would install the same`),
      ...listUnused(manifest).map((name) => leave(file, `its table ${name} is not used`)),
    ],
  };
};
