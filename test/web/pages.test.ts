import { describe, expect, it } from 'vitest';
import { describeRequest } from '../../web/src/launch/describe-request.ts';
import { formatSeconds } from '../../web/src/launch/format-seconds.ts';
import { parseRoute } from '../../web/src/routing/parse-route.ts';

describe('parseRoute', () => {
  it('keeps the spec as the browser sent it, but for slashes at its end', () => {
    expect(parseRoute('/v2/gh/o/r/feature%2Fx//')).toEqual({ kind: 'launch', provider: 'gh', spec: 'o/r/feature%2Fx' });
    expect(parseRoute('/v2/git/https%3a%2F%2Fx.org%2Fa.git/HEAD')).toMatchObject({
      spec: 'https%3a%2F%2Fx.org%2Fa.git/HEAD',
    });
  });

  it('knows the home page, the page of sessions, and that there is nothing else', () => {
    expect(parseRoute('/')).toEqual({ kind: 'home' });
    expect(parseRoute('/sessions')).toEqual({ kind: 'sessions' });
    for (const pathname of ['/v2', '/v2/', '/v2/gh', '/v2/gh/', '/v2/gh//', '/about', '/V2/gh/o/r']) {
      expect(parseRoute(pathname)).toEqual({ kind: 'not-found' });
    }
  });
});

describe('describeRequest', () => {
  it.each([
    ['gh', 'o/r/feature/x', '', { title: 'o/r', ref: 'feature/x' }],
    ['gh', 'o/r/HEAD', '?labpath=a%20b.ipynb', { title: 'o/r', ref: 'HEAD', opens: 'a b.ipynb' }],
    [
      'git',
      'https%3A%2F%2Fx.org%2Fa.git/main',
      '?urlpath=rstudio',
      { title: 'x.org/a', ref: 'main', opens: 'rstudio' },
    ],
    ['nowhere', 'a%20b', '', { title: 'a b' }],
    ['gh', '%E0%A4', '', { title: '%E0%A4' }],
  ])('names %s/%s', (...[provider, spec, search, description]) => {
    expect(describeRequest(provider, spec, search)).toEqual(description);
  });
});

describe('formatSeconds', () => {
  it.each([
    [0, '0.0 s'],
    [1.34, '1.3 s'],
    [9.97, '10 s'],
    [59.6, '1 min 00 s'],
    [185, '3 min 05 s'],
  ])('writes %d as %s', (seconds, text) => {
    expect(formatSeconds(seconds)).toBe(text);
  });
});
