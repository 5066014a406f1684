import { satisfies, validRange } from '@renovatebot/pep440';
import { listFitting } from '../python/offered-pythons.ts';

const MAX_LENGTH = 200;

/** `3.11`, `=3.11`, `==3.11.4`, `3.11.*`, `>=3.9.*` and so on as Python's own version grammar writes them. */
const toSpecifier = (constraint: string): string => {
  const [, operator = '', version = ''] = /^(===?|~=|!=|<=|>=|<|>|=)?\s*([^\s=]*)/.exec(constraint) ?? [];
  const isExact = operator === '' || operator === '=' || operator === '==';
  if (isExact && (version === '*' || constraint === '')) return '';
  const bare = version.replace(/\.?\*$/, '');
  if (isExact) return `==${bare}.*`;
  return operator === '!=' ? `!=${version}` : `${operator}${bare}`;
};

/** The version part of a conda requirement without the build that may follow: `=3.11=h1_0`, `3.11 h1_0`. */
const withoutBuild = (spec: string): string => {
  const compact = spec.replaceAll(/\s*([,|])\s*/g, '$1').replace(/^([<>=!~]+)\s+/, '$1');
  const [version = ''] = compact.split(/\s/, 1);
  return version;
};

const isSatisfied = (version: string, constraints: readonly string[]): boolean =>
  constraints.every((one) => one === '' || satisfies(version, one));

/** What a conda requirement asks of a version: any one of the alternatives, of each all constraints. */
export type PythonSpec = readonly (readonly string[])[];

/**
 * Reads a conda version requirement (`=3.11`, `==3.11.*`, ` 3.13`, `>=3.9,<3.12`, `3.11|3.12`), build strings left
 * out. Gives undefined when it is none.
 */
export const parsePythonSpec = (text: string): PythonSpec | undefined => {
  if (text.length > MAX_LENGTH) return undefined;
  const alternatives = withoutBuild(text.trim())
    .split('|')
    .map((part) => part.split(',').map(toSpecifier));
  const isValid = alternatives.flat().every((one) => one === '' || validRange(one));
  return isValid ? alternatives : undefined;
};

/** The highest of `pythons` (x.y or x.y.z) that satisfies `spec`, of an x.y with some patch version. */
export const choosePython = (spec: PythonSpec, pythons: readonly string[]): string | undefined =>
  listFitting(pythons, (version) => spec.some((constraints) => isSatisfied(version, constraints)))[0];
