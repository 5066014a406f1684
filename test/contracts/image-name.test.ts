import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeImageName } from '../../services/contracts/image-name.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const name = (canonical: string, subdir?: string): string =>
  makeImageName({ prefix: 'slipway/', canonical, commit, subdir });

/** The grammar of image references: path components and a tag. */
const REFERENCE =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*:[\w][\w.-]{0,127}$/;

describe('makeImageName', () => {
  it('names the repository readably and the commit exactly', () => {
    expect(name('github.com/jupyter/notebook')).toMatch(
      /^slipway\/github-com-jupyter-notebook-[0-9a-f]{10}:0123456789abcdef/,
    );
  });

  it('tells repositories and sub-directories apart that look alike', () => {
    const names = [name('a.b/c-d'), name('a.b/c/d'), name('a.b/c', 'd'), name('a.b/c')];
    expect(new Set(names).size).toBe(names.length);
  });

  it('is a valid image reference whatever the repository is called', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (canonical) => REFERENCE.test(name(canonical)) && name(canonical).length < 200,
      ),
    );
  });
});
