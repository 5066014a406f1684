import { followLock, type Edge } from './lock-graph.ts';
import { simplifyMarker, type Condition } from './marker.ts';
import type { Pyproject } from './pyproject-toml.ts';

type Needs = Readonly<Record<string, unknown>>;

/** A package of a lock that does not note when it is installed. */
export type PoetryPackage = {
  readonly name: string;
  readonly dependencies?: Needs;
  readonly extras?: Readonly<Record<string, readonly string[]>>;
};

/** The one spelling of a package's name. */
export const normaliseName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

/** The groups that `poetry install` installs: all but those that are marked as optional. */
export const listGroups = (pyproject: Pyproject | undefined): ReadonlySet<string> => {
  const { tool, 'dependency-groups': standard = {} } = pyproject?.data ?? {};
  const groups = tool?.poetry?.group ?? {};
  const names = ['main', 'dev', ...Object.keys(standard), ...Object.keys(groups)];
  return new Set(names.filter((name) => groups[name]?.optional !== true));
};

const conditionOf = (marker: unknown, python: string): Condition => {
  if (typeof marker !== 'string') return true;
  const target = { python, extras: new Set<string>(), groups: new Set<string>() };
  // A marker that cannot be understood asks for nothing that could be left out with certainty.
  return simplifyMarker(marker, target) ?? true;
};

const isTable = (value: unknown): value is Needs =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readNeed = (name: string, entry: unknown, python: string): readonly Edge[] => {
  const id = normaliseName(name);
  if (Array.isArray(entry)) return entry.flatMap((one: unknown) => readNeed(name, one, python));
  if (!isTable(entry)) return [{ to: id, condition: true }];
  if (entry['optional'] === true) return [];
  const condition = conditionOf(entry['markers'], python);
  const extras: readonly unknown[] = Array.isArray(entry['extras']) ? entry['extras'] : [];
  return [{ to: id, condition }, ...extras.map((extra) => ({ to: `${id}/${String(extra)}`, condition }))];
};

const readNeeds = (needs: Needs, python: string): readonly Edge[] =>
  Object.entries(needs)
    .filter(([name]) => name !== 'python')
    .flatMap(([name, entry]) => readNeed(name, entry, python));

/** A requirement as text: `name[extra] (>=1) ; marker`. */
const readText = (text: string, python: string): readonly Edge[] => {
  const [target = '', marker] = text.split(';', 2);
  const [, name = '', extras = ''] = /^\s*([\w.-]+)\s*(?:\[([^\]]*)\])?/.exec(target) ?? [];
  const listed = extras.split(',').flatMap((extra) => extra.trim() || []);
  return readNeed(name, { markers: marker, extras: listed }, python);
};

const readRoots = (pyproject: Pyproject | undefined, python: string): readonly Edge[] => {
  const { project, tool } = pyproject?.data ?? {};
  const { dependencies = {}, 'dev-dependencies': develop = {}, group = {} } = tool?.poetry ?? {};
  const groups = Object.values(group).filter(({ optional }) => optional !== true);
  const tables = [dependencies, develop, ...groups.map((one) => one.dependencies ?? {})];
  const listed = (project?.dependencies ?? []).flatMap((text) => readText(text, python));
  return [...listed, ...tables.flatMap((table) => readNeeds(table, python))];
};

const ROOT = '';

/** Follows what pyproject.toml asks for through a lock of Poetry 1: normalised names and when each is installed. */
export const followPoetryNeeds = (
  packages: readonly PoetryPackage[],
  pyproject: Pyproject | undefined,
  python: string,
): ReadonlyMap<string, Condition> => {
  const byName = new Map(packages.map((one) => [normaliseName(one.name), one]));
  return followLock([ROOT], (id) => {
    if (id === ROOT) return readRoots(pyproject, python);
    const [name = '', extra] = id.split('/', 2);
    const found = byName.get(name);
    if (extra === undefined) return readNeeds(found?.dependencies ?? {}, python);
    return (found?.extras?.[extra] ?? []).flatMap((text) => readText(text, python));
  });
};
