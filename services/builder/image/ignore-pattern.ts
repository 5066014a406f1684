import { posix } from 'node:path';

/**
 * A step through a path. `skip` may leave out what follows it up to the next but one, `through` takes characters until
 * a slash: together they are `**\/`, any number of directories.
 */
type Token =
  | { readonly kind: 'literal'; readonly character: string }
  | { readonly kind: 'one' | 'name' | 'rest' | 'skip' | 'through' }
  | { readonly kind: 'class'; readonly isNegated: boolean; readonly ranges: readonly (readonly [string, string])[] };

export type IgnorePattern = { readonly isException: boolean; readonly tokens: readonly Token[] };

const MAX_LENGTH = 500;

type Reading = { readonly tokens: readonly Token[]; readonly next: number };

/** `[a-z]`, `[^a]`, `[\]]`, as Go's filepath.Match has them; undefined where it is none. */
const readClass = (pattern: readonly string[], start: number): Reading | undefined => {
  const isNegated = pattern[start + 1] === '^';
  const ranges: (readonly [string, string])[] = [];
  let at = start + (isNegated ? 2 : 1);
  const read = (): string | undefined => {
    if (pattern[at] === '\\') at += 1;
    return pattern[at++];
  };
  while (pattern[at] !== ']') {
    const low = pattern[at] === '-' ? undefined : read();
    const isRange = pattern[at] === '-' && (at += 1) > 0;
    const high = isRange && pattern[at] !== ']' ? read() : isRange ? undefined : low;
    if (low === undefined || high === undefined || low > high) return undefined;
    ranges.push([low, high]);
  }
  return ranges.length === 0 ? undefined : { tokens: [{ kind: 'class', isNegated, ranges }], next: at + 1 };
};

const readStars = (pattern: readonly string[], at: number): Reading => {
  if (pattern[at + 1] !== '*') return { tokens: [{ kind: 'name' }], next: at + 1 };
  const next = pattern[at + 2] === '/' ? at + 3 : at + 2;
  const isEnd = next >= pattern.length;
  return { tokens: isEnd ? [{ kind: 'rest' }] : [{ kind: 'skip' }, { kind: 'through' }], next };
};

const readToken = (pattern: readonly string[], at: number): Reading | undefined => {
  const character = pattern[at] ?? '';
  if (character === '*') return readStars(pattern, at);
  if (character === '[') return readClass(pattern, at);
  if (character === '?') return { tokens: [{ kind: 'one' }], next: at + 1 };
  const isEscape = character === '\\';
  const literal = isEscape ? pattern[at + 1] : character;
  return literal === undefined
    ? undefined
    : { tokens: [{ kind: 'literal', character: literal }], next: at + (isEscape ? 2 : 1) };
};

/** Reads one line of .dockerignore; undefined for one that Docker would not understand. */
export const parseIgnorePattern = (line: string): IgnorePattern | undefined => {
  const isException = line.startsWith('!');
  const cleaned = posix.normalize(line.slice(isException ? 1 : 0).trim()).replace(/(?<=.)\/$/, '');
  const pattern = Array.from(cleaned.replace(/^\/(?=.)/, ''));
  if (line.length > MAX_LENGTH) return undefined;
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length;) {
    const read = readToken(pattern, at);
    if (read === undefined) return undefined;
    tokens.push(...read.tokens);
    at = read.next;
  }
  return { isException, tokens };
};

/** The places that are reached from `place` without taking a character. */
const enter = (tokens: readonly Token[], places: Set<number>, place: number): void => {
  if (places.has(place)) return;
  places.add(place);
  const kind = tokens[place]?.kind;
  if (kind === 'name' || kind === 'rest' || kind === 'skip') enter(tokens, places, place + 1);
  if (kind === 'skip') enter(tokens, places, place + 2);
};

type Move = { readonly stays: boolean; readonly goesOn: boolean };

/** Where a token leads by a character: on, or to itself. */
const follow = (token: Token, character: string): Move => {
  const isSlash = character === '/';
  switch (token.kind) {
    case 'name':
      return { stays: !isSlash, goesOn: false };
    case 'rest':
      return { stays: true, goesOn: false };
    case 'through':
      return { stays: true, goesOn: isSlash };
    case 'one':
      return { stays: false, goesOn: !isSlash };
    case 'literal':
      return { stays: false, goesOn: token.character === character };
    case 'skip':
      return { stays: false, goesOn: false };
    case 'class': {
      const isInside = token.ranges.some(([low, high]) => low <= character && character <= high);
      return { stays: false, goesOn: !isSlash && isInside !== token.isNegated };
    }
  }
  return token satisfies never;
};

/**
 * Whether the pattern names the path or a directory above it. All ways through the pattern are followed at once, so
 * that no pattern takes longer than its length times that of the path.
 */
export const matchesPath = ({ tokens }: IgnorePattern, path: string): boolean => {
  let places = new Set<number>();
  enter(tokens, places, 0);
  for (const character of path) {
    if (character === '/' && places.has(tokens.length)) return true;
    const next = new Set<number>();
    for (const place of places) {
      const token = tokens[place];
      if (token === undefined) continue;
      const { stays, goesOn } = follow(token, character);
      if (stays) enter(tokens, next, place);
      if (goesOn) enter(tokens, next, place + 1);
    }
    if (next.size === 0) return false;
    places = next;
  }
  return places.has(tokens.length);
};
