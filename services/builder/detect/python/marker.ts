import { satisfies, validRange } from '@renovatebot/pep440';
import { versionsOf, withoutPatch } from './offered-pythons.ts';

/** Where packages are installed, as far as a marker can ask; extras and groups are those that are installed. */
export type MarkerTarget = {
  /** x.y or x.y.z */
  readonly python: string;
  readonly extras: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
};

/** Whether a marker holds; a text is the part of it that only the installation can decide. */
export type Condition = boolean | string;

const TOKEN = /\s*([()]|===|[=!<>~]=|[<>]|"[^"]*"|'[^']*'|[a-z_][a-z0-9_.]*)\s*/iy;
const OPERATOR = /^(?:===|[=!<>~]=|[<>]|in|not in)$/;
const MAX_LENGTH = 20_000;
const MAX_DEPTH = 50;

/** Every image of ours is Linux with CPython; the machine and, mostly, the patch version are not known before. */
const KNOWN = new Map([
  ['os_name', 'posix'],
  ['sys_platform', 'linux'],
  ['platform_system', 'Linux'],
  ['platform_python_implementation', 'CPython'],
  ['implementation_name', 'cpython'],
]);
const MIRRORED = new Map([
  ['<', '>'],
  ['>', '<'],
  ['<=', '>='],
  ['>=', '<='],
]);

const readTokens = (text: string): readonly string[] | undefined => {
  const pattern = new RegExp(TOKEN);
  const tokens: string[] = [];
  while (pattern.lastIndex < text.length) {
    const [, token] = pattern.exec(text) ?? [];
    if (token === undefined) return undefined;
    const isNegated = token === 'in' && tokens.at(-1) === 'not';
    if (isNegated) tokens.pop();
    tokens.push(isNegated ? 'not in' : token);
  }
  return tokens;
};

const isText = (token: string): boolean => /^["']/.test(token);

type Comparison = {
  readonly variable: string;
  readonly operator: string;
  readonly value: string;
  readonly isMirrored: boolean;
};

const compareText = (known: string, { operator, value, isMirrored }: Comparison): boolean | undefined => {
  const isInside = isMirrored ? known.includes(value) : value.includes(known);
  if (operator === '==' || operator === '===') return known === value;
  if (operator === '!=') return known !== value;
  if (operator === 'in') return isInside;
  return operator === 'not in' ? !isInside : undefined;
};

const compareVersions = (versions: readonly string[], comparison: Comparison): boolean | undefined => {
  const { operator, value, isMirrored } = comparison;
  const range = `${isMirrored ? (MIRRORED.get(operator) ?? operator) : operator}${value}`;
  if (operator.endsWith('in') || !validRange(range)) return undefined;
  const answers = new Set(versions.map((version) => satisfies(version, range)));
  return answers.size === 1 ? answers.has(true) : undefined;
};

const normalise = (name: string): string => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

const compareSet = (set: ReadonlySet<string>, { operator, value }: Comparison): boolean | undefined => {
  const isMember = set.has(normalise(value));
  if (operator === '==' || operator === 'in') return isMember;
  return operator === '!=' || operator === 'not in' ? !isMember : undefined;
};

const decide = (comparison: Comparison, { python, extras, groups }: MarkerTarget): boolean | undefined => {
  const { variable } = comparison;
  if (variable === 'extra' || variable === 'extras') return compareSet(extras, comparison);
  if (variable === 'dependency_groups') return compareSet(groups, comparison);
  if (variable === 'python_version') return compareVersions([withoutPatch(python)], comparison);
  if (variable === 'python_full_version') return compareVersions(versionsOf(python), comparison);
  const known = KNOWN.get(variable);
  return known === undefined ? undefined : compareText(known, comparison);
};

/** `a or b` for true, `a and b` for false: the value that decides alone, the texts joined otherwise. */
const join = (conditions: readonly Condition[], decisive: boolean): Condition => {
  if (conditions.includes(decisive)) return decisive;
  const open = [...new Set(conditions.filter((one) => typeof one === 'string'))];
  if (open.length === 0) return !decisive;
  return open.length === 1 ? (open[0] ?? '') : `(${open.join(decisive ? ' or ' : ' and ')})`;
};

/** Reads tokens from the front; undefined where they are no marker. */
const createReader = (tokens: readonly string[], target: MarkerTarget) => {
  let at = 0;
  const readComparison = (): Condition | undefined => {
    const [left = '', operator = '', right = ''] = tokens.slice(at, (at += 3));
    if (!OPERATOR.test(operator) || right === '' || isText(left) === isText(right)) return undefined;
    const isMirrored = isText(left);
    const [variable, value] = isMirrored ? [right, left] : [left, right];
    if (!/^[a-z]/i.test(variable)) return undefined;
    const answer = decide({ variable, operator, value: value.slice(1, -1), isMirrored }, target);
    return answer ?? `${left} ${operator} ${right}`;
  };
  const readAtom = (depth: number): Condition | undefined => {
    if (tokens[at] !== '(') return readComparison();
    at += 1;
    const inner = depth > MAX_DEPTH ? undefined : readList(depth + 1, 'or');
    return tokens[at++] === ')' ? inner : undefined;
  };
  const readList = (depth: number, word: 'and' | 'or'): Condition | undefined => {
    const conditions: (Condition | undefined)[] = [];
    do conditions.push(word === 'or' ? readList(depth, 'and') : readAtom(depth));
    while (tokens[at] === word && at++ < tokens.length);
    const complete = conditions.filter((one) => one !== undefined);
    return complete.length === conditions.length ? join(complete, word === 'or') : undefined;
  };
  return { read: () => readList(0, 'or'), isAtEnd: () => at === tokens.length };
};

/** Decides a marker (PEP 508) as far as the target is known; undefined when the text is no marker. */
export const simplifyMarker = (text: string, target: MarkerTarget): Condition | undefined => {
  const tokens = text.length > MAX_LENGTH ? undefined : readTokens(text);
  if (tokens === undefined) return undefined;
  const reader = createReader(tokens, target);
  const condition = reader.read();
  return reader.isAtEnd() ? condition : undefined;
};
