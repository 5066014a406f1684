import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createBuildTokens } from '../../../services/launcher/http/build-token.ts';
import { dataOf, readBlocks, startControl, streamHeaders } from '../start-control.ts';

const NOW = 1_700_000_000_000;
const secret = Buffer.alloc(32, 7);
const claims = { aud: 'gh/user/repo/HEAD', origin: 'binder.example' };

const createAt = (now: number, key = secret) =>
  createBuildTokens({ secret: key, seconds: 300, clock: { now: () => now } });
const payloadOf = (token: string): unknown =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

describe('a build token', () => {
  const token = createAt(NOW).mint(claims);

  it('is a JSON Web Token that says until when it is good, for which link and host', () => {
    expect(payloadOf(token)).toEqual({ exp: NOW / 1000 + 300, ...claims });
    expect(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString())).toEqual({
      alg: 'HS256',
      typ: 'JWT',
    });
  });

  it('is good until its time is over', () => {
    expect(createAt(NOW + 299_000).isValid(token, claims)).toBe(true);
    expect(createAt(NOW + 300_000).isValid(token, claims)).toBe(false);
  });

  it.each([
    ['another link', { ...claims, aud: 'gh/user/repo/main' }],
    ['another spelling of the link', { ...claims, aud: 'gh/user/repo/HEA%44' }],
    ['another host', { ...claims, origin: 'other.example' }],
    ['no host', { ...claims, origin: '' }],
  ])('is not good for %s', (_name, asked) => {
    expect(createAt(NOW).isValid(token, asked)).toBe(false);
  });

  it('is not good when somebody else signed it, in whichever way', () => {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const signed = createHmac('sha256', secret).update(`${header}.${payload}`).digest('base64url');
    const forged = [
      `${none}.${payload}.`,
      `${none}.${payload}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}.${signed}`,
      `${header}.${payload}.${signature.slice(1)}`,
      `${header}.bnVsbA.${signature}`,
      '',
      '..',
      'x',
    ];
    for (const one of forged) expect([one, createAt(NOW).isValid(one, claims)]).toEqual([one, false]);
    expect(createAt(NOW, Buffer.alloc(32, 8)).isValid(token, claims)).toBe(false);
  });
});

describe('a launch page', () => {
  const buildTokens = createBuildTokens({ secret, seconds: 300, clock: { now: () => Date.now() } });
  const readToken = async (url: string, path: string): Promise<string | undefined> =>
    /<meta name="build-token" content="([\w.-]+)" \/>/.exec(await (await fetch(`${url}${path}`)).text())?.[1];

  it.each([
    ['/v2/test/user/repo/HEAD', 'test/user/repo/HEAD'],
    ['/v2/test/user/repo/HEAD/', 'test/user/repo/HEAD/'],
    ['/v2/test/user/repo/feature%2Fx', 'test/user/repo/feature%2Fx'],
    ['/v2/test/https://x.org/a.git/HEAD', 'test/https://x.org/a.git/HEAD'],
    ['/v2/test/us%20er/repo/HEAD', 'test/us%20er/repo/HEAD'],
    ['/v2/test/user/repo/HEAD?urlpath=lab&x=1', 'test/user/repo/HEAD'],
  ])('%s carries a token for %s', async (path, aud) => {
    await using control = await startControl({ buildTokens });
    const token = await readToken(control.url, path);
    expect(payloadOf(token ?? '..')).toMatchObject({ aud, origin: new URL(control.url).host });
  });

  it.each(['/', '/v2/nope/user/repo/HEAD', '/v2/test'])('%s carries none', async (path) => {
    await using control = await startControl({ buildTokens });
    expect(await readToken(control.url, path)).toBeUndefined();
  });

  it('carries none where the operator wants none, and a token of a link does not matter there', async () => {
    await using control = await startControl();
    expect(await readToken(control.url, '/v2/test/found/HEAD')).toBeUndefined();
    const url = `${control.url}/build/test/found/HEAD?build_token=x`;
    expect(dataOf((await readBlocks(await fetch(url, { headers: streamHeaders }), 6)).at(-1)).phase).toBe('ready');
  });

  it('starts launches that are not counted, with a token that is good for its link alone', async () => {
    const visits: boolean[] = [];
    const welcome = async ({ hasBuildToken }: { readonly hasBuildToken: boolean }) => {
      visits.push(hasBuildToken);
      return { client: undefined, headers: {} };
    };
    await using control = await startControl({ buildTokens, welcome });
    const token = await readToken(control.url, '/v2/test/found/HEAD/');
    const ask = async (spec: string, count: number) =>
      (await readBlocks(await fetch(`${control.url}/build/test/${spec}`, { headers: streamHeaders }), count)).map(
        dataOf,
      );
    expect((await ask(`found/HEAD?build_token=${token}`, 6)).at(-1)?.phase).toBe('ready');
    expect((await ask('found/HEAD', 6)).at(-1)?.phase).toBe('ready');
    expect(await ask(`found/main?build_token=${token}`, 1)).toEqual([
      expect.objectContaining({ phase: 'failed', status_code: 403, code: 'LAUNCH_TOKEN_INVALID' }),
    ]);
    expect(visits).toEqual([true, false]);
  });
});
