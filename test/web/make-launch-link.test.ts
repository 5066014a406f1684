import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeBadges } from '../../web/src/address/make-badges.ts';
import { makeLaunchLink } from '../../web/src/address/make-launch-link.ts';
import { parseRepositoryAddress } from '../../web/src/address/parse-repository-address.ts';

const segment = fc.stringMatching(/^[^/]+$/).filter((text) => text.isWellFormed() && text !== '.' && text !== '..');
const ref = fc.array(segment, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));

describe('makeLaunchLink', () => {
  it('keeps the slashes of a ref and encodes what would end it', () => {
    const link = makeLaunchLink({ provider: 'gh', repo: 'o/r', ref: 'feature/a b#c?d' }, false);
    expect(link).toBe('/v2/gh/o/r/feature/a%20b%23c%3Fd');
  });

  it('encodes the repository as one segment where the provider asks for it', () => {
    const link = makeLaunchLink({ provider: 'git', repo: 'https://x.org/a.git', ref: 'HEAD' }, true);
    expect(link).toBe('/v2/git/https%3A%2F%2Fx.org%2Fa.git/HEAD');
  });

  it('opens a file by labpath and an address by urlpath', () => {
    const repository = { provider: 'gh', repo: 'o/r', ref: 'HEAD' };
    expect(makeLaunchLink({ ...repository, path: { kind: 'file', value: 'a/b c.ipynb' } }, false)).toBe(
      '/v2/gh/o/r/HEAD?labpath=a/b%20c.ipynb',
    );
    expect(makeLaunchLink({ ...repository, path: { kind: 'url', value: 'app?x=1&y=2' } }, false)).toBe(
      '/v2/gh/o/r/HEAD?urlpath=app%3Fx%3D1%26y%3D2',
    );
  });

  it.each([
    [{ provider: 'gh', repo: 'binder-examples/requirements', ref: 'master' }, 'gh/binder-examples/requirements/master'],
    [{ provider: 'gh', repo: 'o/r', ref: 'feature/x' }, 'gh/o/r/feature/x'],
    [{ provider: 'gl', repo: 'g/s/r', ref: 'main' }, 'gl/g%2Fs%2Fr/main'],
    [
      { provider: 'ckan', repo: 'https://demo.ckan.org/dataset/my-sample-dataset-001' },
      'ckan/https%3A%2F%2Fdemo.ckan.org%2Fdataset%2Fmy-sample-dataset-001',
    ],
  ])('links %j as BinderHub does', (address, link) => {
    const isEncoded = address.provider !== 'gh';
    expect(makeLaunchLink(address, isEncoded)).toBe(`/v2/${link}`);
    const [markdown] = makeBadges(`https://x/v2/${link}`, 'https://x/badge_logo.svg');
    expect(markdown?.code).toMatch(/^\[!\[[^\]]+\]\(https:\/\/x\/badge_logo\.svg\)\]/);
    expect(markdown?.code.endsWith(`](https://x/v2/${link})`)).toBe(true);
  });

  it("means the same by urlpath as BinderHub's form does", () => {
    const value = '/some url with spaces?query=something';
    const address = { provider: 'gh', repo: 'o/r', ref: 'master', path: { kind: 'url', value } } as const;
    const theirs = new URL('https://x/v2/gh/o/r/master?urlpath=%2Fsome+url+with+spaces%3Fquery%3Dsomething');
    const ours = new URL(makeLaunchLink(address, false), 'https://x');
    expect([ours.pathname, ours.searchParams.get('urlpath')]).toEqual([
      theirs.pathname,
      theirs.searchParams.get('urlpath'),
    ]);
  });

  it('leaves out the ref of providers without refs', () => {
    expect(makeLaunchLink({ provider: 'zenodo', repo: '10.5281/zenodo.1' }, false)).toBe('/v2/zenodo/10.5281/zenodo.1');
  });

  it('is read back as what it was made of, whatever ref and path contain', () => {
    const value = fc.string({ minLength: 1 }).filter((text) => text.isWellFormed());
    const path = fc.record({ kind: fc.constantFrom('file' as const, 'url' as const), value });
    const repository = fc.constantFrom(
      { provider: 'gh', repo: 'o/r', encoded: false },
      { provider: 'git', repo: 'https://x.org:8443/a/b.git', encoded: true },
    );
    fc.assert(
      fc.property(repository, ref, path, ({ encoded, ...rest }, ref, path) => {
        const address = { ...rest, ref, path };
        expect(parseRepositoryAddress(makeLaunchLink(address, encoded))).toEqual({ ok: true, address });
      }),
    );
  });

  it('holds nothing that a browser or a markup language would take for its own', () => {
    fc.assert(
      fc.property(ref, (ref) => {
        const link = makeLaunchLink({ provider: 'gh', repo: 'o/r', ref }, false);
        expect(link).toMatch(/^[\w/%.~-]+$/);
        expect(new URL(link, 'http://slipway.test').pathname).toBe(link);
      }),
    );
  });
});

describe('makeBadges', () => {
  it('makes the badge in three languages', () => {
    const badges = makeBadges('http://s.test/v2/gh/o/r/HEAD?urlpath=a%26b', 'http://s.test/badge_logo.svg');
    expect(Object.fromEntries(badges.map(({ language, code }) => [language, code]))).toEqual({
      Markdown: '[![Launch with Slipway](http://s.test/badge_logo.svg)](http://s.test/v2/gh/o/r/HEAD?urlpath=a%26b)',
      reStructuredText:
        '.. image:: http://s.test/badge_logo.svg\n   :target: http://s.test/v2/gh/o/r/HEAD?urlpath=a%26b\n   :alt: Launch with Slipway',
      HTML: '<a href="http://s.test/v2/gh/o/r/HEAD?urlpath=a%26b"><img src="http://s.test/badge_logo.svg" alt="Launch with Slipway"></a>',
    });
  });
});
