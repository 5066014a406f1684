import { describe, expect, it } from 'vitest';
import { isCompatible, parseCompat } from '../../../../services/builder/detect/julia/julia-compat.ts';
import { chooseJulia, readReleased } from '../../../../services/builder/detect/julia/julia-version.ts';

const fits = (version: string, compat: string): boolean =>
  isCompatible(version.split('.').map(Number), parseCompat(compat) ?? []);

describe('case 50: [compat] of Julia', () => {
  // The examples are those of the manual of Julia's package manager, with versions at both ends of each range.
  it.each([
    ['^1.2.3', ['1.2.3', '1.99.0'], ['1.2.2', '2.0.0']],
    ['1.2.3', ['1.2.3', '1.99.0'], ['1.2.2', '2.0.0']],
    ['1.2', ['1.2.0', '1.99.0'], ['1.1.9', '2.0.0']],
    ['1', ['1.0.0', '1.99.0'], ['0.9.9', '2.0.0']],
    ['0.2.3', ['0.2.3', '0.2.9'], ['0.2.2', '0.3.0']],
    ['0.0.3', ['0.0.3'], ['0.0.2', '0.0.4']],
    ['0.0', ['0.0.0', '0.0.99'], ['0.1.0']],
    ['0', ['0.0.0', '0.99.0'], ['1.0.0']],
    ['~1.2.3', ['1.2.3', '1.2.99'], ['1.2.2', '1.3.0']],
    ['~1.2', ['1.2.0', '1.2.99'], ['1.1.0', '1.3.0']],
    ['~1', ['1.0.0', '1.99.0'], ['2.0.0']],
    ['~0.0.3', ['0.0.3'], ['0.0.4']],
    ['= 1.2.3', ['1.2.3'], ['1.2.4', '1.2.2']],
    ['>= 1.2.3', ['1.2.3', '7.0.0'], ['1.2.2']],
    ['≥1.2', ['1.2.0'], ['1.1.9']],
    ['< 1.2', ['1.1.9', '0.0.0'], ['1.2.0']],
    ['1.2.3 - 4.5.6', ['1.2.3', '4.5.6'], ['1.2.2', '4.5.7']],
    ['1.2 - 4.5', ['1.2.0', '4.5.99'], ['4.6.0']],
    ['0.2 - 0', ['0.2.0', '0.99.0'], ['1.0.0']],
    ['1.6, 1.10', ['1.6.0', '1.12.0'], ['1.5.0']],
    ['~1.6, =1.9.2', ['1.6.7', '1.9.2'], ['1.7.0', '1.9.3']],
    ['v1.9', ['1.9.0'], ['1.8.0']],
  ])('%s', (compat, inside, outside) => {
    expect(inside.filter((version) => !fits(version, compat))).toEqual([]);
    expect(outside.filter((version) => fits(version, compat))).toEqual([]);
  });

  it.each(['', '1.x', '1.2.3.4', '*', '1.6-1.9', 'one', '1,,2', '^', '1 2', `${'1, '.repeat(1000)}1`])(
    'does not understand %.20j',
    (compat) => {
      expect(parseCompat(compat)).toBeUndefined();
      expect(chooseJulia(compat)).toBe('invalid');
    },
  );

  it.each([
    ['1', '1.13.1'],
    ['~1.10', '1.10.10'],
    ['1.6 - 1.9', '1.9.4'],
    ['^1.6, <1.9', '1.13.1'],
    ['< 1.9', '1.8.5'],
    ['=1.9.2', '1.9.2'],
    ['1.99', '1.99.0'],
    ['~2.1', '2.1.0'],
    ['0.6', undefined],
    ['< 1.3', undefined],
  ])('%s is Julia %s', (compat, version) => {
    expect(chooseJulia(compat)).toBe(version);
  });

  it.each([
    ['1.9.2', '1.9.2'],
    ['1.12.0-DEV.17', '1.12.0'],
    ['0.7.0', undefined],
    ['1.2.0', undefined],
    ['1.9', undefined],
    ['1.9.2; rm', undefined],
  ])('julia_version %j is %s', (text, version) => {
    expect(readReleased(text)).toBe(version);
  });
});
