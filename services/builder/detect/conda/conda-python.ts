import { satisfies, validRange } from '@renovatebot/pep440';

/** Patch versions that a supported x.y may have; only their existence matters, not which one is here. */
const PATCHES = Array.from({ length: 31 }, (_, patch) => patch);

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

const isSatisfied = (python: string, constraints: readonly string[]): boolean =>
  PATCHES.some((patch) => constraints.every((one) => one === '' || satisfies(`${python}.${patch}`, one)));

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

/** The highest of `pythons` (x.y) of which some patch version satisfies `spec`. */
export const choosePython = (spec: PythonSpec, pythons: readonly string[]): string | undefined => {
  const fitting = pythons.filter((python) => spec.some((constraints) => isSatisfied(python, constraints)));
  const minor = (python: string) => Number(python.split('.')[1]);
  return fitting.toSorted((a, b) => minor(b) - minor(a))[0];
};
