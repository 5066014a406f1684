import { posix } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import type { RequirementSet } from './detection.ts';
import { choosePython, parsePythonSpec } from './conda-python.ts';
import { decodeText } from './decode-text.ts';
import { createDetectError, quoteText } from './detect-error.ts';
import type { SourceLine } from './logical-lines.ts';
import type { RepositoryFiles } from './repository-files.ts';
import { followRequirements } from './requirements-txt.ts';

export type CondaOptions = {
  readonly file: string;
  readonly pythons: readonly string[];
  readonly defaultPython: string;
};

export type CondaEnvironment = {
  readonly python: string;
  readonly because: string;
  readonly requirements?: RequirementSet;
  /** Top-level keys that matter to conda and are not used here. */
  readonly unused: readonly string[];
};

/** A package that conda is asked for: its name without the channel, and what follows the name. */
type CondaPackage = { readonly name: string; readonly spec: string; readonly text: string; readonly line: number };

type Content = { readonly packages: readonly CondaPackage[]; readonly pip: readonly SourceLine[] };

type Reader = {
  readonly lineOf: (node: unknown) => number;
  readonly fail: (node: unknown, problem: string) => Error;
};

const PACKAGE = /^(?:[^\s:]+::)?(?<name>[a-z0-9_][\w.-]*)(?<spec>[^]*)$/i;

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
  return { document, reader: { lineOf, fail: (node, problem) => fail(lineOf(node), problem) } };
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
  const text = item.value.trim();
  const { name, spec = '' } = PACKAGE.exec(text)?.groups ?? {};
  if (name === undefined) throw reader.fail(item, `${quoteText(text)} is not a package.`);
  return { name: name.toLowerCase(), spec, text, line: reader.lineOf(item) };
};

const readDependencies = (document: Document, reader: Reader): Content => {
  const top = document.contents;
  if (!isMap(top)) throw reader.fail(top, 'the file must be a mapping with the key dependencies.');
  const pair = top.items.find(({ key }) => isScalar(key) && key.value === 'dependencies');
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

const checkPackages = (packages: readonly CondaPackage[], file: string): void => {
  const others = packages.filter(({ name }) => name !== 'python' && name !== 'pip');
  const [first] = others;
  if (first === undefined) return;
  throw createDetectError('DETECT_CONDA_UNSUPPORTED', {
    file,
    line: first.line,
    problem: `conda packages cannot be installed yet: ${others
      .map(({ text }) => quoteText(text))
      .join(', ')
      .slice(0, 500)}.`,
  });
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

/** A name beside the file that the repository does not use, for the requirements that stand below pip:. */
const pipFileName = (files: RepositoryFiles, name: string): string =>
  files.kindOf(name) === undefined ? name : pipFileName(files, name.replace(/\.txt$/, '.pip.txt'));

const topLevelKeys = (document: Document): readonly string[] =>
  isMap(document.contents) ? document.contents.items.map(({ key }) => (isScalar(key) ? String(key.value) : '')) : [];

/**
 * Reads environment.yml, of which only python, pip and the list below pip: can be installed. Throws
 * DETECT_CONDA_UNSUPPORTED naming other packages, else DETECT_ENVIRONMENT_INVALID, with file and line.
 */
export const readEnvironmentYml = (files: RepositoryFiles, options: CondaOptions): CondaEnvironment => {
  const { file } = options;
  const { document, reader } = parseYaml(decodeText(files.read(file), { file, otherwise: 'refuse' }), file);
  const { packages, pip } = readDependencies(document, reader);
  checkPackages(packages, file);
  const chosen = readPython(packages, options);
  const unused = topLevelKeys(document).filter((key) => key === 'variables');
  if (pip.length === 0) return { ...chosen, unused };
  const path = pipFileName(files, `${file}.pip.txt`);
  const root = { path, role: 'requirements', lines: pip, writtenIn: file } as const;
  return { ...chosen, unused, requirements: followRequirements(root, files, posix.dirname(file)) };
};
