import { describe, expect, it } from 'vitest';
import { matchesPath, parseIgnorePattern } from '../../../services/builder/image/ignore-pattern.ts';

const matches = (line: string, path: string): boolean | undefined => {
  const pattern = parseIgnorePattern(line);
  return pattern === undefined ? undefined : matchesPath(pattern, path);
};

describe('a pattern of .dockerignore', () => {
  it.each([
    ['a', 'a'],
    ['a', 'a/b/c'],
    ['/a', 'a'],
    ['./a/', 'a'],
    ['a/../b', 'b'],
    ['*', 'a/b'],
    ['*.py', '.py'],
    ['*/b', 'a/b'],
    ['a?c', 'a😀c'],
    ['**', 'a/b'],
    ['**/', 'a'],
    ['**/c', 'c'],
    ['**/c', 'a/b/c'],
    ['**/c', 'a/c/d'],
    ['a/**', 'a/b/c'],
    ['a/**/d', 'a/d'],
    ['a/**/d', 'a/b/c/d'],
    ['**/*.py', 'a/b.py'],
    ['[a-c]x', 'bx'],
    ['[^a-c]x', 'dx'],
    [String.raw`[\]]x`, ']x'],
    [String.raw`a\*b`, 'a*b'],
    ['a(b+)$.^', 'a(b+)$.^'],
    ['constructor', 'constructor'],
  ])('%s names %s', (line, path) => {
    expect(matches(line, path)).toBe(true);
  });

  it.each([
    ['a', 'b/a'],
    ['a', 'ab'],
    ['A', 'a'],
    ['*.py', 'a/b.py'],
    ['*/b', 'a/c'],
    ['a?c', 'a/c'],
    ['**/c', 'a/bc'],
    ['a/**/d', 'a/bd'],
    ['a/**', 'ab'],
    ['[a-c]x', 'dx'],
    ['[^a]x', '/x'],
    [String.raw`a\*b`, 'axb'],
    ['(a+)+', 'aaa'],
    ['.', 'a'],
  ])('%s does not name %s', (line, path) => {
    expect(matches(line, path)).toBe(false);
  });

  it.each(['[', '[a', '[]', '[z-a]', '[a-]', '[-a]', String.raw`a\ `.trim(), 'a'.repeat(501)])(
    '%.10s is none',
    (line) => {
      expect(parseIgnorePattern(line)).toBeUndefined();
    },
  );

  it('takes no longer for one that could be followed in many ways', () => {
    expect(matches(`${'**/*a'.repeat(80)}z`, `${'a/a'.repeat(1000)}b`)).toBe(false);
  });
});
