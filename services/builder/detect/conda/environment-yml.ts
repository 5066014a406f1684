import { posix } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { CondaStep } from '../../../contracts/build-plan.ts';
import { orderChannels, parseChannel } from './conda-channels.ts';
import { parseCondaPackage, renderCondaPackage, type CondaPackage } from './conda-package.ts';
import type { RequirementSet } from '../detection.ts';
import { choosePython, parsePythonSpec } from './conda-python.ts';
import { decodeText } from '../decode-text.ts';
import { createDetectError, quoteText } from '../detect-error.ts';
import type { SourceLine } from '../logical-lines.ts';
import type { RepositoryFiles } from '../repository-files.ts';
import { followRequirements } from '../requirements-txt.ts';

export type CondaOptions = {
  readonly file: string;
  readonly pythons: readonly string[];
  readonly defaultPython: string;
  /** The conda channels of the operator; conda-forge where nothing is said. */
  readonly condaChannels?: readonly string[];
};

export type CondaEnvironment = {
  readonly python: string;
  readonly because: string;
  readonly conda?: CondaStep;
  readonly requirements?: RequirementSet;
  /** Top-level keys that matter to conda and are not used here. */
  readonly unused: readonly string[];
};

type Content = { readonly packages: readonly CondaPackage[]; readonly pip: readonly SourceLine[] };

type Reader = {
  readonly file: string;
  readonly lineOf: (node: unknown) => number;
  readonly fail: (node: unknown, problem: string) => Error;
};

const DEFAULT_CHANNELS: readonly string[] = ['conda-forge'];

const PROBLEMS = {
  syntax: 'is not a package.',
  channel: 'names a channel that is neither a name nor an http address without a password.',
} as const;

const parseYaml = (text: string, file: string): { readonly document: Document; readonly reader: Reader } => {
  const counter = new LineCounter();
  const fail = (line: number | undefined, problem: string) =>
    createDetectError('DETECT_ENVIRONMENT_INVALID', { file, ...(line === undefined ? {} : { line }), problem });
  const parse = () => {
    try {
      return parseDocument(text, { lineCounter: counter, uniqueKeys: true, logLevel: 'error', prettyErrors: false });
    } catch {
      throw fail(undefined, 'it cannot be read as YAML.');
    }
  };
  const document = parse();
  const lineAt = (offset: number) => Math.max(1, counter.linePos(offset).line);
  const [error] = document.errors;
  if (error !== undefined) throw fail(lineAt(error.pos[0]), `it is not YAML: ${error.message}`);
  const lineOf = (node: unknown) => lineAt((node as Node | null)?.range?.[0] ?? 0);
  return { document, reader: { file, lineOf, fail: (node, problem) => fail(lineOf(node), problem) } };
};

const readPip = (pair: { readonly key: unknown; readonly value: unknown }, reader: Reader): readonly SourceLine[] => {
  if (!isSeq(pair.value)) throw reader.fail(pair.key, 'pip: must hold a list of requirements.');
  return pair.value.items.flatMap((item) => {
    if (!isScalar(item) || typeof item.value !== 'string')
      throw reader.fail(item, 'each requirement below pip: must be a text; quote it if it has braces or colons.');
    const line = reader.lineOf(item);
    return item.value.split(/\r\n?|\n/).map((text, index) => ({ line: line + index, text }));
  });
};

const readPackage = (item: unknown, reader: Reader): CondaPackage => {
  if (!isScalar(item) || typeof item.value !== 'string')
    throw reader.fail(
      item,
      'each dependency must be a package or pip: with a list; templates such as {{ }} are not filled in.',
    );
  const line = reader.lineOf(item);
  const found = parseCondaPackage(item.value, line);
  if (typeof found !== 'string') return found;
  const text = quoteText(item.value.trim());
  if (found !== 'address') throw reader.fail(item, `${text} ${PROBLEMS[found]}`);
  const problem = `packages that are named by their address cannot be installed: ${text}.`;
  throw createDetectError('DETECT_CONDA_UNSUPPORTED', { file: reader.file, line, problem });
};

const findTop = (top: unknown, name: string) =>
  isMap(top) ? top.items.find(({ key }) => isScalar(key) && key.value === name) : undefined;

const readChannels = (document: Document, reader: Reader): readonly string[] => {
  const pair = findTop(document.contents, 'channels');
  if (pair === undefined || (isScalar(pair.value) && pair.value.value === null)) return [];
  const items: readonly unknown[] = isSeq(pair.value) ? pair.value.items : [pair.value];
  return items.map((item) => {
    const text = isScalar(item) && typeof item.value === 'string' ? item.value : '';
    const channel = parseChannel(text);
    if (channel === undefined)
      throw reader.fail(
        item ?? pair.key,
        `${quoteText(text)} is not a channel: a name, or an http address without a password.`,
      );
    return channel;
  });
};

const readDependencies = (document: Document, reader: Reader): Content => {
  const top = document.contents;
  if (!isMap(top)) throw reader.fail(top, 'the file must be a mapping with the key dependencies.');
  const pair = findTop(top, 'dependencies');
  if (pair === undefined) return { packages: [], pip: [] };
  if (!isSeq(pair.value)) throw reader.fail(pair.key, 'dependencies must be a list.');
  const pipPairs = (item: unknown) => (isMap(item) ? item.items : []);
  const isPip = (item: unknown) =>
    pipPairs(item).length === 1 && pipPairs(item).every(({ key }) => isScalar(key) && key.value === 'pip');
  const { items } = pair.value;
  return {
    packages: items.filter((item) => !isPip(item)).map((item) => readPackage(item, reader)),
    pip: items
      .filter(isPip)
      .flatMap(pipPairs)
      .flatMap((pip) => readPip(pip, reader)),
  };
};

const readPython = (packages: readonly CondaPackage[], options: CondaOptions) => {
  const wanted = packages.find(({ name }) => name === 'python');
  const { file, pythons, defaultPython } = options;
  if (wanted === undefined || wanted.spec.trim() === '')
    return { python: defaultPython, because: `it names no Python version, so ${defaultPython} is used` };
  const spec = parsePythonSpec(wanted.spec);
  const python = spec === undefined ? undefined : choosePython(spec, pythons);
  if (python !== undefined) return { python, because: `${wanted.text} is satisfied by Python ${python}` };
  const problem = spec === undefined ? 'does not name versions of Python' : 'is not available';
  throw createDetectError('DETECT_ENVIRONMENT_INVALID', {
    file,
    line: wanted.line,
    problem: `${quoteText(wanted.text)} ${problem}; this server has ${pythons.map((one) => `python=${one}`).join(', ')}.`,
  });
};

/** Conda comes into it only for packages that nothing else has. */
const chooseInstaller = (packages: readonly CondaPackage[], listed: readonly string[], options: CondaOptions) => {
  if (packages.every(({ name }) => name === 'python' || name === 'pip')) return readPython(packages, options);
  const { defaultPython: python, condaChannels: operator = DEFAULT_CHANNELS } = options;
  const named = packages.flatMap(({ channel }) => (channel === undefined || channel === 'defaults' ? [] : [channel]));
  const { channels, hasDefaults } = orderChannels(listed, named, operator);
  const stands = hasDefaults ? `; on this server defaults is ${operator.join(', ')}` : '';
  const because = `it names conda packages; channels in order: ${channels.join(', ')}${stands}`;
  return { python, because, conda: { channels, specs: packages.map(renderCondaPackage) } };
};

/** A name beside the file that the repository does not use, for the requirements that stand below pip:. */
const pipFileName = (files: RepositoryFiles, name: string): string =>
  files.kindOf(name) === undefined ? name : pipFileName(files, name.replace(/\.txt$/, '.pip.txt'));

const topLevelKeys = (document: Document): readonly string[] =>
  isMap(document.contents) ? document.contents.items.map(({ key }) => (isScalar(key) ? String(key.value) : '')) : [];

/**
 * Reads environment.yml. Python, pip and what stands below pip: need no conda; any other package makes it a conda
 * environment. Throws DETECT_CONDA_UNSUPPORTED or DETECT_ENVIRONMENT_INVALID, with file and line.
 */
export const readEnvironmentYml = (files: RepositoryFiles, options: CondaOptions): CondaEnvironment => {
  const { file } = options;
  const { document, reader } = parseYaml(decodeText(files.read(file), { file, otherwise: 'refuse' }), file);
  const { packages, pip } = readDependencies(document, reader);
  const chosen = chooseInstaller(packages, readChannels(document, reader), options);
  const unused = topLevelKeys(document).filter((key) => key === 'variables');
  if (pip.length === 0) return { ...chosen, unused };
  const path = pipFileName(files, `${file}.pip.txt`);
  const root = { path, role: 'requirements', lines: pip, writtenIn: file } as const;
  return { ...chosen, unused, requirements: followRequirements(root, files, posix.dirname(file)) };
};
