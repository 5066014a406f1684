/** A version as three numbers, and how many of them are written. */
type Written = { readonly numbers: readonly [number, number, number]; readonly length: number };

/** From (included) to (left out), as versions that compare number by number. */
export type JuliaRange = { readonly from: readonly number[]; readonly below: readonly number[] };

const VERSION = String.raw`v?(\d{1,5})(?:\.(\d{1,5}))?(?:\.(\d{1,5}))?`;
const HYPHEN = new RegExp(`^${VERSION}\\s+-\\s+${VERSION}$`);
const ONE = new RegExp(`^(\\^|~|>=|≥|<=|≤|=|>|<)?\\s*${VERSION}$`);

const NONE = [0, 0, 0];
const ALL = [Infinity, 0, 0];
const MAX_LENGTH = 500;

const readWritten = (parts: readonly (string | undefined)[]): Written => {
  const written = parts.filter((part) => part !== undefined).map(Number);
  const [major = 0, minor = 0, patch = 0] = written;
  return { numbers: [major, minor, patch], length: written.length };
};

/** The version with one more at a place, and nothing behind it. */
const next = ({ numbers }: Written, place: number): readonly number[] =>
  numbers.map((number, index) => (index < place ? number : index === place ? number + 1 : 0));

/** Up to the next version that may break: the first number that is not 0, or the last one that is written. */
const caretEnd = (version: Written): readonly number[] => {
  const place = version.numbers.findIndex((number) => number !== 0);
  return next(version, place === -1 || place >= version.length ? version.length - 1 : place);
};

const tildeEnd = (version: Written): readonly number[] =>
  next(
    version,
    version.length === 1 ? 0 : version.length === 3 && version.numbers[0] === 0 && version.numbers[1] === 0 ? 2 : 1,
  );

const rangeOf = (operator: string, version: Written): JuliaRange => {
  const from = version.numbers;
  const behind = next(version, version.length - 1);
  switch (operator) {
    case '~':
      return { from, below: tildeEnd(version) };
    case '=':
      return { from, below: behind };
    case '>=':
    case '≥':
      return { from, below: ALL };
    case '>':
      return { from: behind, below: ALL };
    case '<':
      return { from: NONE, below: from };
    case '<=':
    case '≤':
      return { from: NONE, below: behind };
    default:
      return { from, below: caretEnd(version) };
  }
};

const parseOne = (text: string): JuliaRange | undefined => {
  const hyphen = HYPHEN.exec(text);
  if (hyphen !== null) {
    const [first, last] = [readWritten(hyphen.slice(1, 4)), readWritten(hyphen.slice(4, 7))];
    return { from: first.numbers, below: next(last, last.length - 1) };
  }
  const one = ONE.exec(text);
  return one === null ? undefined : rangeOf(one[1] ?? '^', readWritten(one.slice(2)));
};

/**
 * Reads an entry of [compat] as Julia's package manager does: a list of alternatives, each a version (up to the next
 * that may break), `~`, `=`, an inequality, or `FROM - TO`. Gives undefined for anything else.
 */
export const parseCompat = (text: string): readonly JuliaRange[] | undefined => {
  if (text.length > MAX_LENGTH) return undefined;
  const ranges = text.split(',').map((one) => parseOne(one.trim()));
  return ranges.every((range) => range !== undefined) ? ranges : undefined;
};

/** Negative where `a` is the older version. */
export const compareNumbers = (a: readonly number[], b: readonly number[]): number => {
  const at = [0, 1, 2].find((index) => a[index] !== b[index]) ?? 0;
  return (a[at] ?? 0) < (b[at] ?? 0) ? -1 : a[at] === b[at] ? 0 : 1;
};

/** Whether a version (three numbers) is in one of the ranges. */
export const isCompatible = (version: readonly number[], ranges: readonly JuliaRange[]): boolean =>
  ranges.some(({ from, below }) => compareNumbers(version, from) >= 0 && compareNumbers(version, below) < 0);
