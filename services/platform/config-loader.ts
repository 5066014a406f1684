import { readFileSync } from 'node:fs';
import type { Static, TObject, TSchema } from 'typebox';
import { Convert, Default, Errors } from 'typebox/value';
import { parse as parseYaml } from 'yaml';

/** Something wrong with one setting: where it is, in the words of the source it came from. */
export type ConfigProblem = { readonly setting: string; readonly problem: string };

/** All that is wrong with a configuration, together. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(({ setting, problem }) => `${setting}: ${problem}`).join('\n'));
    this.problems = problems;
  }
}

/** The file itself could not be read or parsed. */
export class ConfigFileError extends Error {
  override readonly name = 'ConfigFileError';
}

type Tree = Record<string, unknown>;
type Source = {
  readonly file?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly prefix: string;
  readonly overrides?: Tree;
};

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

const merge = (below: Tree, above: Tree): Tree =>
  Object.entries(above).reduce<Tree>((merged, [key, value]) => {
    const old = merged[key];
    return { ...merged, [key]: isTree(value) && isTree(old) ? merge(old, value) : value };
  }, below);

const readFile = (file: string): Tree => {
  try {
    const parsed: unknown = parseYaml(readFileSync(file, 'utf8')) ?? {};
    if (isTree(parsed)) return parsed;
  } catch (error) {
    throw new ConfigFileError(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  throw new ConfigFileError(`${file}: the top level must be a mapping of settings`);
};

/** `sessionPort` below `server` becomes `PREFIX_SERVER_SESSION_PORT`. */
export const environmentName = (prefix: string, path: readonly string[]): string =>
  [prefix, ...path.map((part) => part.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase())].join('_');

type Leaf = { readonly path: readonly string[]; readonly schema: TSchema };

/** Every setting of a schema that is not itself a section, in order. */
export const settingLeaves = (schema: TObject, path: readonly string[] = []): Leaf[] =>
  Object.entries(schema.properties).flatMap(([key, child]): Leaf[] =>
    'properties' in child ? settingLeaves(child as TObject, [...path, key]) : [{ path: [...path, key], schema: child }],
  );

const nest = (path: readonly string[], value: unknown): Tree =>
  path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Tree;

const readEnvironment = (schema: TObject, env: NodeJS.ProcessEnv, prefix: string): Tree =>
  settingLeaves(schema).reduce<Tree>((tree, leaf) => {
    const value = env[environmentName(prefix, leaf.path)];
    if (value === undefined) return tree;
    const parsed = 'items' in leaf.schema ? value.split(',').filter((item) => item !== '') : value;
    return merge(tree, nest(leaf.path, parsed));
  }, {});

const freeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(freeze);
  return Object.freeze(value);
};

const settingOf = (instancePath: string): string => instancePath.replace(/^\//, '').replaceAll('/', '.');

/** One problem a setting: a value that fails in several ways needs only one correction. */
const problemsOf = (schema: TObject, value: unknown): ConfigProblem[] => {
  const problems = new Map<string, string>();
  for (const { instancePath, message, params } of Errors(schema, value)) {
    const at = settingOf(instancePath);
    const unknown = 'additionalProperties' in params ? params.additionalProperties : undefined;
    if (!Array.isArray(unknown)) problems.set(at, problems.get(at) ?? message);
    else for (const key of unknown) problems.set(at ? `${at}.${key}` : key, 'is not a setting');
  }
  return [...problems].map(([setting, problem]) => ({ setting: setting || 'settings', problem }));
};

/**
 * Reads settings once: defaults, then the file, then the environment, then `overrides` (command line), coerced
 * to the schema's types and frozen. Throws ConfigError with every problem at once, or ConfigFileError.
 */
export const loadConfig = <T extends TObject>(schema: T, { file, env, prefix, overrides = {} }: Source): Static<T> => {
  const layers = [file === undefined ? {} : readFile(file), readEnvironment(schema, env, prefix), overrides];
  const value = Convert(schema, Default(schema, layers.reduce(merge, {})));
  const problems = problemsOf(schema, value);
  if (problems.length > 0) throw new ConfigError(problems);
  return freeze(value) as Static<T>;
};
