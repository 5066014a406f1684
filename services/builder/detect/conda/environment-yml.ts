import { posix } from 'node:path';
import { isMap, isScalar, isSeq, type Document } from 'yaml';
import type { Evidence } from '../../../contracts/build-plan.ts';
import { findConfigFile } from '../config-file.ts';
import { createDetectError, quoteText } from '../detect-error.ts';
import type { RequirementSet } from '../detection.ts';
import { explainIncluded } from '../evidence.ts';
import type { SourceLine } from '../logical-lines.ts';
import type { RepositoryFiles } from '../repository-files.ts';
import { followRequirements } from '../requirements-txt.ts';
import { findPair, readYaml, type YamlFile } from '../yaml-file.ts';
import { chooseInstaller } from './choose-installer.ts';
import { parseChannel } from './conda-channels.ts';
import { parseCondaPackage, type CondaPackage } from './conda-package.ts';
import { leave, use, type FindConda } from './conda-source.ts';
import { readVariables, type Variables } from './variables.ts';

/** What environment.yml says, before anything is chosen. */
export type EnvironmentFile = Variables & {
  readonly packages: readonly CondaPackage[];
  readonly channels: readonly string[];
  readonly requirements?: RequirementSet;
};

type Content = { readonly packages: readonly CondaPackage[]; readonly pip: readonly SourceLine[] };

const readPip = (pair: { readonly key: unknown; readonly value: unknown }, yaml: YamlFile): readonly SourceLine[] => {
  if (!isSeq(pair.value)) throw yaml.fail(pair.key, 'pip: must hold a list of requirements.');
  return pair.value.items.flatMap((item) => {
    if (!isScalar(item) || typeof item.value !== 'string')
      throw yaml.fail(item, 'each requirement below pip: must be a text; quote it if it has braces or colons.');
    const line = yaml.lineOf(item);
    return item.value.split(/\r\n?|\n/).map((text, index) => ({ line: line + index, text }));
  });
};

const readPackage = (item: unknown, yaml: YamlFile): CondaPackage => {
  if (!isScalar(item) || typeof item.value !== 'string')
    throw yaml.fail(
      item,
      'each dependency must be a package or pip: with a list; templates such as {{ }} are not filled in.',
    );
  const line = yaml.lineOf(item);
  const found = parseCondaPackage(item.value, line);
  if (typeof found !== 'string') return typeof item.comment === 'string' ? { ...found, comment: item.comment } : found;
  const problem = `${quoteText(item.value.trim())} ${found}`;
  if (!/^\s*\w+:\/\/(?!.*::)/.test(item.value)) throw yaml.fail(item, problem);
  throw createDetectError('DETECT_CONDA_UNSUPPORTED', { file: yaml.file, line, problem });
};

const readChannels = (document: Document, yaml: YamlFile): readonly string[] => {
  const pair = findPair(document.contents, 'channels');
  if (pair === undefined || (isScalar(pair.value) && pair.value.value === null)) return [];
  const items: readonly unknown[] = isSeq(pair.value) ? pair.value.items : [pair.value];
  return items.map((item) => {
    const text = isScalar(item) && typeof item.value === 'string' ? item.value : '';
    const channel = parseChannel(text);
    if (channel === undefined)
      throw yaml.fail(
        item ?? pair.key,
        `${quoteText(text)} is not a channel: a name, or an http address without a password.`,
      );
    return channel;
  });
};

const readDependencies = (document: Document, yaml: YamlFile): Content => {
  const top = document.contents;
  if (!isMap(top)) throw yaml.fail(top, 'the file must be a mapping with the key dependencies.');
  const pair = findPair(top, 'dependencies');
  if (pair === undefined) return { packages: [], pip: [] };
  if (!isSeq(pair.value)) throw yaml.fail(pair.key, 'dependencies must be a list.');
  const pipPairs = (item: unknown) => (isMap(item) ? item.items : []);
  const isPip = (item: unknown) =>
    pipPairs(item).length === 1 && pipPairs(item).every(({ key }) => isScalar(key) && key.value === 'pip');
  const { items } = pair.value;
  return {
    packages: items.filter((item) => !isPip(item)).map((item) => readPackage(item, yaml)),
    pip: items
      .filter(isPip)
      .flatMap(pipPairs)
      .flatMap((pip) => readPip(pip, yaml)),
  };
};

/** A name beside the file that the repository does not use, for the requirements that stand below pip:. */
const pipFileName = (files: RepositoryFiles, name: string): string =>
  files.kindOf(name) === undefined ? name : pipFileName(files, name.replace(/\.txt$/, '.pip.txt'));

const CODE = 'DETECT_ENVIRONMENT_INVALID';

/** Reads a file as `conda env create` does. Throws DETECT_CONDA_UNSUPPORTED or DETECT_ENVIRONMENT_INVALID, with file and line. */
export const readEnvironmentFile = (files: RepositoryFiles, file: string): EnvironmentFile => {
  const yaml = readYaml(files, file, { code: CODE });
  const { document } = yaml;
  const { packages, pip } = readDependencies(document, yaml);
  const variables = readVariables(findPair(document.contents, 'variables'), yaml);
  const found = { packages, channels: readChannels(document, yaml), ...variables };
  if (pip.length === 0) return found;
  const path = pipFileName(files, `${file}.pip.txt`);
  const root = { path, role: 'requirements', lines: pip, writtenIn: file } as const;
  return { ...found, requirements: followRequirements(root, files, posix.dirname(file)) };
};

/** Evidence of the variables that are set, and of those that are not. */
export const explainVariables = (file: string, { variables, reserved }: Variables): readonly Evidence[] => {
  const set = Object.keys(variables);
  return [
    ...(set.length === 0 ? [] : [use(file, `it sets the variables ${set.join(', ')}`)]),
    ...reserved.map((name) => leave(file, `its variable ${name} belongs to the image and stays as it is`)),
  ];
};

/**
 * environment.yml, else environment.yaml. Python, pip and what stands below pip: need no conda; any other package
 * makes it a conda environment. Throws as readEnvironmentFile, and where the server has no Python that fits.
 */
export const findEnvironmentYml: FindConda = (context) => {
  const { files, directory } = context;
  const file =
    findConfigFile(files, directory, 'environment.yml') ?? findConfigFile(files, directory, 'environment.yaml');
  if (file === undefined) return undefined;
  const { packages, channels, requirements, ...variables } = readEnvironmentFile(files, file);
  const { because, ...chosen } = chooseInstaller({ file, packages, channels, code: CODE }, context);
  return {
    ...chosen,
    ...(Object.keys(variables.variables).length === 0 ? {} : { variables: variables.variables }),
    installs: requirements === undefined ? [] : [{ requirements, isExact: false }],
    evidence: [
      use(file, because),
      ...explainVariables(file, variables),
      ...(requirements === undefined ? [] : explainIncluded(requirements, file)),
    ],
  };
};
