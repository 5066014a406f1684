import { afterEach, describe, expect, it } from 'vitest';
import { createRegistryClient } from '../../../../services/builder/image/registry/registry-client.ts';
import { parseRetryAfter } from '../../../../services/builder/image/registry/send-request.ts';
import type { Clock } from '../../../../services/platform/clock.ts';
import { startAnsweringServer, type AnsweringServer } from '../../../support/answering-server.ts';

const CREDENTIALS = { username: 'tester', password: 'open-sesame' };
const BASIC = `Basic ${Buffer.from('tester:open-sesame').toString('base64')}`;
const signal = (): AbortSignal => AbortSignal.timeout(10_000);

let server: AnsweringServer;
afterEach(() => server[Symbol.asyncDispose]());

const createClient = (credentials = CREDENTIALS) => {
  const pauses: number[] = [];
  const clock: Clock = {
    now: () => 0,
    sleep: async (milliseconds, stop) => {
      stop?.throwIfAborted();
      pauses.push(milliseconds);
    },
  };
  return { pauses, client: createRegistryClient({ origin: server.origin, credentials, clock }) };
};

describe('looking a manifest up', () => {
  it('accepts every type of manifest', async () => {
    server = await startAnsweringServer(() => ({ status: 200 }));
    await expect(createClient().client.hasManifest('a/b', '1', signal())).resolves.toBe(true);
    expect(server.asked[0]).toMatchObject({ method: 'HEAD', path: '/v2/a/b/manifests/1' });
    const accepted = String(server.asked[0]?.headers.accept).split(', ');
    for (const kind of [
      'oci.image.index',
      'oci.image.manifest',
      'distribution.manifest.list',
      'distribution.manifest.v2',
    ])
      expect(accepted.filter((type) => type.includes(kind))).toHaveLength(1);
  });

  it('takes only 404 for absent', async () => {
    server = await startAnsweringServer(() => ({ status: 404 }));
    await expect(createClient().client.hasManifest('a/b', '1', signal())).resolves.toBe(false);
  });

  it.each([400, 403, 410])('throws at %i, and asks once', async (status) => {
    server = await startAnsweringServer(() => ({ status }));
    await expect(createClient().client.hasManifest('a/b', '1', signal())).rejects.toThrow(`answered ${status}`);
    expect(server.asked).toHaveLength(1);
  });

  it.each([429, 500, 503])('tries again at %i, after growing pauses, and throws in the end', async (status) => {
    server = await startAnsweringServer(() => ({ status }));
    const { client, pauses } = createClient();
    await expect(client.hasManifest('a/b', '1', signal())).rejects.toThrow(`answered ${status}`);
    expect(server.asked).toHaveLength(4);
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
  });

  it('tries again when the connection breaks, and waits as long as it is told', async () => {
    const answers = ['reset', { status: 503, headers: { 'retry-after': '7' } }, { status: 200 }] as const;
    server = await startAnsweringServer((_, count) => answers[count - 1] ?? 'reset');
    const { client, pauses } = createClient();
    await expect(client.hasManifest('a/b', '1', signal())).resolves.toBe(true);
    expect(pauses.at(-1)).toBe(7000);
  });

  it('throws when nobody answers', async () => {
    server = await startAnsweringServer(() => 'reset');
    await expect(createClient().client.hasManifest('a/b', '1', signal())).rejects.toThrow('did not answer');
  });

  it('throws the reason of the signal when it is aborted', async () => {
    const stop = new AbortController();
    const reason = new Error('nobody waits any more');
    server = await startAnsweringServer(() => {
      stop.abort(reason);
      return 'reset';
    });
    await expect(createClient().client.hasManifest('a/b', '1', stop.signal)).rejects.toBe(reason);
  });
});

describe('showing who asks', () => {
  const TOKEN_PATH = '/token?service=the+registry&scope=repository%3Aa%2Fb%3Apull&scope=repository%3Ac%3Apull';

  const startTokenServer = (tokens: readonly string[]) =>
    startAnsweringServer(({ path, headers }) => {
      const isToken = path.startsWith('/token');
      const given = server.asked.filter((request) => request.path.startsWith('/token')).length;
      if (isToken) return { status: 200, body: JSON.stringify({ token: tokens[given - 1] }) };
      if (headers.authorization === `Bearer ${tokens.at(-1)}`) return { status: 200 };
      const scope = 'repository:a/b:pull repository:c:pull';
      const challenge = `Bearer realm="${server.origin}/token",service="the registry",scope="${scope}"`;
      return { status: 401, headers: { 'www-authenticate': challenge } };
    });

  it('asks for a token with the scope and the service of the challenge, once', async () => {
    server = await startTokenServer(['t1']);
    const { client } = createClient();
    await expect(client.hasManifest('a/b', '1', signal())).resolves.toBe(true);
    await expect(client.hasManifest('a/b', '2', signal())).resolves.toBe(true);
    expect(server.asked.map(({ path, headers }) => [path, headers.authorization])).toEqual([
      ['/v2/a/b/manifests/1', undefined],
      [TOKEN_PATH, BASIC],
      ['/v2/a/b/manifests/1', 'Bearer t1'],
      ['/v2/a/b/manifests/2', 'Bearer t1'],
    ]);
  });

  it('asks for a token without a password when there is none', async () => {
    server = await startTokenServer(['t1']);
    const { client } = createClient({ username: '', password: '' });
    await expect(client.hasManifest('a/b', '1', signal())).resolves.toBe(true);
    expect(server.asked[1]?.headers.authorization).toBeUndefined();
  });

  it('says so when the token does not help', async () => {
    server = await startTokenServer(['no', 'yes']);
    const { client } = createClient();
    await expect(client.hasManifest('a/b', '1', signal())).rejects.toThrow('other credentials');
    await expect(client.hasManifest('a/b', '1', signal())).resolves.toBe(true);
  });

  it.each([
    ['Negotiate', 'something else than a password or a token'],
    ['Bearer service="x"', 'names no address that gives tokens'],
    ['Bearer realm="file:///etc/passwd"', 'names no address that gives tokens'],
  ])('refuses the challenge %s', async (challenge, message) => {
    server = await startAnsweringServer(() => ({ status: 401, headers: { 'www-authenticate': challenge } }));
    await expect(createClient().client.hasManifest('a/b', '1', signal())).rejects.toThrow(message);
  });

  it('never says the password', async () => {
    server = await startAnsweringServer(({ path }) => ({
      status: path.startsWith('/token') ? 400 : 401,
      headers: { 'www-authenticate': `Bearer realm="${server.origin}/token"` },
      body: '{"errors":[{"code":"X","message":"bad request"}]}',
    }));
    const failure: unknown = await createClient()
      .client.hasManifest('a/b', '1', signal())
      .catch((error: unknown) => error);
    expect(String(failure)).toMatch(/answered 400 \(bad request\)/);
    expect(String(failure)).not.toContain('open-sesame');
  });
});

describe('parseRetryAfter', () => {
  it.each([
    [null, undefined],
    ['3', 3000],
    ['86400', 30_000],
    ['Thu, 01 Jan 1970 00:00:05 GMT', 4000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', undefined],
  ])('reads %j', (header, wait) => {
    expect(parseRetryAfter(header, 1000)).toBe(wait);
  });
});
