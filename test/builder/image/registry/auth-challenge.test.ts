import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAuthChallenges } from '../../../../services/builder/image/registry/auth-challenge.ts';

describe('parseAuthChallenges', () => {
  it('reads realm, service and scope, with commas and equals signs inside of quotes', () => {
    const header = 'Bearer realm="https://auth.example/token?a=b",service="r,1",scope="repository:a/b:pull,push"';
    expect(parseAuthChallenges(header)).toEqual([
      {
        scheme: 'bearer',
        parameters: { realm: 'https://auth.example/token?a=b', service: 'r,1', scope: 'repository:a/b:pull,push' },
      },
    ]);
  });

  it('reads several challenges, bare values, escapes and any case', () => {
    expect(parseAuthChallenges('Negotiate, BASIC Realm="a \\"b\\"" , Digest algorithm=MD5')).toEqual([
      { scheme: 'negotiate', parameters: {} },
      { scheme: 'basic', parameters: { realm: 'a "b"' } },
      { scheme: 'digest', parameters: { algorithm: 'MD5' } },
    ]);
  });

  it('gives nothing for nothing, and takes any text', () => {
    expect(parseAuthChallenges('')).toEqual([]);
    fc.assert(
      fc.property(fc.string(), (header) => {
        expect(Array.isArray(parseAuthChallenges(header))).toBe(true);
      }),
    );
  });
});
