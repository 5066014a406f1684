import { describe, expect, it } from 'vitest';
import { joinLogicalLines, splitLines } from '../../../services/builder/detect/logical-lines.ts';

const join = (text: string) => joinLogicalLines(splitLines(text)).map(({ line, text }) => [line, text]);

describe('joinLogicalLines', () => {
  it('drops comments and empty lines and keeps the numbers', () => {
    expect(join('# a\n\nsix # b\n  idna\t# c\n')).toEqual([
      [3, 'six'],
      [4, 'idna'],
    ]);
  });

  it('keeps a # inside of a word', () => {
    expect(join('git+https://example.org/x#egg=x # note')).toEqual([[1, 'git+https://example.org/x#egg=x']]);
  });

  it('joins continued lines under the number of the first', () => {
    expect(join('a\nb \\\n  --hash=x \\\n  --hash=y\nc')).toEqual([
      [1, 'a'],
      [2, 'b   --hash=x   --hash=y'],
      [5, 'c'],
    ]);
  });

  it('ends a continuation at a comment, even one that ends in a backslash', () => {
    expect(join('a \\\n# note \\\nb')).toEqual([
      [1, 'a'],
      [3, 'b'],
    ]);
    expect(join('# note \\\nb')).toEqual([[2, 'b']]);
  });

  it('gives what a file that ends in a backslash has', () => {
    expect(join('a\\')).toEqual([[1, 'a']]);
  });

  it('is quick with a line of nothing but blanks', () => {
    expect(join(`${' '.repeat(1_000_000)}x${' '.repeat(1_000_000)}`)).toEqual([[1, 'x']]);
  });
});
