import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellQuote } from '../../../services/builder/dockerfile/shell-quote.ts';

/** What /bin/sh makes of the words, each ended by NUL, which no word can hold. */
const readBack = (words: readonly string[]): string[] => {
  const script = `printf '%s\\0' ${words.map(shellQuote).join(' ')}`;
  return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', env: {} }).split('\0').slice(0, -1);
};

const PIECES = [
  "'",
  '"',
  '\\',
  '$',
  '`',
  '\n',
  '\r',
  '\t',
  ' ',
  '!',
  '*',
  '?',
  '~',
  '#',
  '&',
  ';',
  '|',
  '<',
  '>',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  '-',
  '=',
  '%',
  '$(id)',
  '${HOME}',
  'ü',
  '😀',
  '\u2028',
  "'\\''",
  'a',
];
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'grapheme', maxLength: 4 })), { maxLength: 12 })
  .map((pieces) => pieces.join('').replaceAll('\0', ''));

describe('shellQuote', () => {
  it('leaves plain words readable', () => {
    expect(shellQuote('libfoo:i386=1.0~rc1')).toBe("'libfoo:i386=1.0~rc1'");
    expect(shellQuote('g++')).toBe('g++');
    expect(shellQuote('')).toBe("''");
  });

  it('is read back by /bin/sh as exactly what it was, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 8 }), (words) => {
        expect(readBack(words)).toEqual(words);
      }),
      { numRuns: 400 },
    );
  });

  it('refuses NUL', () => {
    expect(() => shellQuote('a\0b')).toThrow(RangeError);
  });
});
