import { describe, expect, it } from 'vitest';
import { chooseStart } from '../../../services/builder/install/choose-start.ts';
import { LABELS } from '../../../services/contracts/labels.ts';

const environment = (name: string, requirements: readonly string[], depth = 0) => ({
  name,
  labels: { [LABELS.requirements]: JSON.stringify(requirements), [LABELS.depth]: String(depth) },
});
const MANY = ['a', 'b', 'c', 'd', 'e', 'f'];

describe('the environment to start from', () => {
  it('is the one whose requirements differ in the fewest lines', () => {
    const near = environment('near', ['numpy', 'pandas']);
    const far = environment('far', ['numpy', 'scipy', 'dask']);
    expect(chooseStart([far, near], ['numpy', 'pandas', 'seaborn'])).toEqual({ name: 'near', depth: 0 });
  });

  it('is, of equally near ones, the one with the fewest others below it, and always the same', () => {
    const [deep, flat] = [environment('a', ['numpy'], 3), environment('c', ['numpy'], 1)];
    const other = environment('b', ['numpy'], 1);
    for (const found of [
      [deep, flat, other],
      [other, flat, deep],
    ])
      expect(chooseStart(found, ['numpy', 'dask'])).toEqual({ name: 'b', depth: 1 });
  });

  it.each([
    ['there is none', [], ['numpy']],
    ['nothing is common', [environment('x', ['scipy'])], ['numpy']],
    ['too much differs', [environment('x', ['numpy', ...MANY])], ['numpy']],
    ['it has too many others below it', [environment('x', ['numpy'], 5)], ['numpy', 'dask']],
    ['it does not say what it was asked for', [{ name: 'x', labels: {} }], ['numpy']],
  ])('is the base where %s', (_why, environments, wanted) => {
    expect(chooseStart(environments, wanted)).toBeUndefined();
  });
});
