import { describe, expect, it } from 'vitest';
import { makeImageName } from '../../services/contracts/image-name.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const name = (canonical: string, subdir?: string): string =>
  makeImageName({ prefix: 'slipway/', canonical, commit, subdir });

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
});
