import { describe, expect, it } from 'vitest';
import { validRange } from '@renovatebot/pep440';
import { parsePoetryRanges } from '../../../../services/builder/detect/python/poetry-range.ts';

describe('parsePoetryRanges', () => {
  it.each([
    ['^3.11', ['>=3.11,<4']],
    ['^3.11.2', ['>=3.11.2,<4']],
    ['~3.11', ['>=3.11,<3.12']],
    ['~3.11.2', ['>=3.11.2,<3.12']],
    ['~3', ['>=3,<4']],
    ['3.11', ['==3.11.*']],
    ['3.11.4', ['==3.11.4']],
    ['3.11.*', ['==3.11.*']],
    ['*', ['']],
    ['>=3.9,<4.0', ['>=3.9,<4.0']],
    ['>= 3.9 < 3.13', ['>=3.9,<3.13']],
    ['3.11.* || ^3.13', ['==3.11.*', '>=3.13,<4']],
  ])('reads %s', (text, ranges) => {
    expect(parsePoetryRanges(text)).toEqual(ranges);
    expect(ranges.every((range) => range === '' || validRange(range))).toBe(true);
  });

  it('leaves what it does not know as it is, to be refused as no range', () => {
    expect(parsePoetryRanges('three')).toEqual(['three']);
  });
});
