import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeEntryUrl, readContentQuery, readTarget, resolveInSession } from '../../web/src/launch/target-path.ts';

describe('readContentQuery', () => {
  it.each([
    ['', {}],
    ['?urlpath=lab/tree/x', {}],
    ['?content=gh/a/b/HEAD', { content: 'gh/a/b/HEAD' }],
    ['?content=gh/a/b/HEAD&labpath=x.ipynb', { content: 'gh/a/b/HEAD', urlpath: 'doc/tree/x.ipynb' }],
    ['?urlpath=git-pull%3Frepo%3Dhttps%253A%252F%252Fx.org', { urlpath: 'git-pull?repo=https%3A%2F%2Fx.org' }],
  ])('tells the server of %s what it needs', (search, query) => {
    expect(readContentQuery(search)).toEqual(query);
  });
});

describe('readTarget', () => {
  it.each([
    ['', 'lab'],
    ['?urlpath=', 'lab'],
    ['?urlpath=/', 'lab'],
    ['?urlpath=lab', 'lab'],
    ['?urlpath=%2Flab%2Ftree%2Fa.ipynb', 'lab/tree/a.ipynb'],
    ['?urlpath=lab/tree/a%20b.ipynb', 'lab/tree/a%20b.ipynb'],
    ['?urlpath=%2F%2Fevil.example%2Fx', 'evil.example/x'],
    [
      '?urlpath=git-pull%3Frepo%3Dhttps%253A%252F%252Fx.org%26branch%3Dmain',
      'git-pull?repo=https%3A%2F%2Fx.org&branch=main',
    ],
    [
      '?urlpath=git-pull%3Frepo%3Dhttps%253A%252F%252Fgithub.com%252Fo%252Fr%26branch%3Dmain%26urlpath%3Dlab%252Ftree%252Fr%252Fx.ipynb',
      'git-pull?repo=https%3A%2F%2Fgithub.com%2Fo%2Fr&branch=main&urlpath=lab%2Ftree%2Fr%2Fx.ipynb',
    ],
    ['?labpath=a.ipynb', 'doc/tree/a.ipynb'],
    ['?labpath=dir/sub/', 'doc/tree/dir/sub'],
    ['?filepath=dir/', 'tree/dir'],
    ['?labpath=/dir/sub/', 'doc/tree/dir/sub'],
    ['?labpath=a%23b%3F.ipynb', 'doc/tree/a%23b%3F.ipynb'],
    ['?filepath=dir/a%20b.ipynb', 'tree/dir/a%20b.ipynb'],
    ['?filepath=b.ipynb&urlpath=x', 'tree/b.ipynb'],
    ['?urlpath=x&labpath=a.ipynb&filepath=b.ipynb', 'doc/tree/a.ipynb'],
    ['?other=x', 'lab'],
  ])('opens for %s', (search, path) => {
    expect(readTarget(search)).toEqual({ path });
  });

  it.each([
    '..%2F..%2Fhub',
    '..%2F..%2Fhub%2Fhome',
    'https:%2F%2Fevil.example%2F',
    'javascript:alert(1)',
    'a/../../x',
    '%2509/../..',
    '%2e%2e/%2E%2E/x',
    '..%5C..%5Cx',
    './%2F%2Fevil.example',
    'http:http:x',
  ])('does not leave the session for urlpath=%s', (urlpath) => {
    const target = readTarget(`?urlpath=${urlpath}`);
    expect(target.path).toBe('lab');
    expect(target.refused).toBe(decodeURIComponent(urlpath));
  });

  it('does not climb out of the session by a file either', () => {
    expect(readTarget('?labpath=../../../x').path).toBe('lab');
    expect(readTarget('?filepath=../../x').path).toBe('lab');
  });

  it('resolves below the session whatever is asked for', () => {
    const piece = fc.constantFrom('..', '.', '/', '\\', '%2e', 'http:', '//', '\t', '\n', ' ', '?', '#', '@', 'a');
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 3 }))), (parts) => {
        const path = resolveInSession(parts.join(''));
        const session = 'https://sessions.example/s/abc/';
        expect(new URL(path ?? 'lab', session).href.startsWith(session)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('makeEntryUrl', () => {
  it('adds the path to the single-use address', () => {
    expect(makeEntryUrl('http://h/s/x/enter?code=1', 'lab?a=1&b')).toBe(
      'http://h/s/x/enter?code=1&path=lab%3Fa%3D1%26b',
    );
    expect(makeEntryUrl('http://h/s/x/enter', 'lab')).toBe('http://h/s/x/enter?path=lab');
  });
});
