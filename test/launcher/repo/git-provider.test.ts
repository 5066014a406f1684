import { execa } from 'execa';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGitProvider } from '../../../services/launcher/repo/git-provider.ts';
import { createAddressGuard } from '../../../services/platform/address-guard.ts';
import { createGit } from '../../../services/platform/git-command.ts';
import { refusalOf, repoProviderContract } from '../../conformance/repo-provider.ts';
import { FORGES } from '../../support/forges.ts';
import { startGitServer, type GitServer, type ServedRepository } from '../../support/git-server.ts';

const COMMIT = 'f7f3ff6d1bf708bdc12e5f10e18b2a90a4795603';
const never = (): AbortSignal => new AbortController().signal;
const encode = (url: string, ref: string): string => `${encodeURIComponent(url)}/${ref}`;

const createProvider = (allowHosts: readonly string[], timeoutMs = 10_000) =>
  createGitProvider({
    git: createGit(process.env),
    guard: createAddressGuard(allowHosts, async (host) => (host === 'nowhere.test' ? [] : [host])),
    forges: FORGES,
    timeoutMs,
  });

/** A listener that takes connections and says nothing. */
const startSilentServer = async () => {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { host, stop };
};

let git: GitServer;
let served: ServedRepository;
beforeAll(async () => {
  git = await startGitServer();
  served = await git.createRepository('repository', { 'README.md': 'first' });
});
afterAll(async () => git[Symbol.asyncDispose]());

describe('the git provider', () => {
  repoProviderContract({
    create: async () => {
      const silent = await startSilentServer();
      const before = git.requests().total;
      return {
        provider: createProvider([git.host, silent.host]),
        spec: encode(served.url, 'main'),
        commit: served.commit,
        missingRef: encode(served.url, 'nothing'),
        missingRepository: encode(`${git.url}/nothing.git`, 'HEAD'),
        silent: { provider: createProvider([silent.host], 50), spec: encode(`http://${silent.host}/a.git`, 'HEAD') },
        requests: () => git.requests().total - before,
        [Symbol.asyncDispose]: async () => silent.stop(),
      };
    },
    malformed: [
      '',
      'HEAD',
      'not%20a%20repo/main',
      'github.com%2Fowner%2Frepo/main',
      'ftp%3A%2F%2Fprotocol.unsupported/main',
      'file%3A%2F%2F%2Fetc/main',
      'git%40github.com%3Ajupyterhub%2Fbinderhub/main',
      'ssh%3A%2F%2Fgit%40github.com%2Fowner%2Frepo/main',
      'ext%3A%3Ash%20-c%20id/main',
      'https%3A%2F%2Fx.org%2Fa.git',
      'https%3A%2F%2Fx.org%2Fa.git/',
      'https://x.org/a.git/main',
      'https%3A%2F%2Fuser%3As3cret%40x.org%2Fa.git/main',
      'https%3A%2F%2Fs3cret%40x.org%2Fa.git/main',
      'https%3A%2F%2Fx.org%2Fa.git%3Fkey%3Ds3cret/main',
      'https%3A%2F%2Fx.org%2Fa.git/--upload-pack=x',
      'https%3A%2F%2Fx.org%2Fa.git/a%20b',
      'https%3A%2F%2Fx.org%2Fa.git/*',
      'https%3A%2F%2Fx.org%2Fa.git/%zz',
      'https%3A%2F%2Fx.org%2Fa.git/%0A',
      '--upload-pack=x/main',
    ],
  });

  it('says everything about the repository', async () => {
    const resolved = await createProvider([git.host]).resolve(encode(served.url, 'HEAD'), never());
    expect(resolved).toEqual({
      provider: 'git',
      canonical: `${git.host}/repository`,
      cloneUrl: served.url,
      commit: served.commit,
      repoUrl: served.url,
      refUrl: served.url,
      persistentSpec: encode(served.url, served.commit),
    });
  });

  it.each([
    ['https%3A%2F%2FGitHub.com%2FJupyterHub%2Fbinderhub', 'github.com/jupyterhub/binderhub'],
    ['https%3A%2F%2Fgithub.com%2Fjupyterhub%2Fbinderhub.git', 'github.com/jupyterhub/binderhub'],
    ['https%3A%2F%2Fgithub.com%3A443%2Fjupyterhub%2Fbinderhub.git%2F', 'github.com/jupyterhub/binderhub'],
    ['https%3A%2F%2FX.org%3A8443%2FGroup%2FRepo.git', 'x.org:8443/Group/Repo'],
  ])('names %s as %s, without a request for a full commit', async (address, canonical) => {
    const provider = createGitProvider({
      git: async () => expect.fail('asked'),
      guard: async (url) => ({ host: url.hostname, port: 443, addresses: ['1.1.1.1'] }),
      forges: FORGES,
    });
    expect(await provider.resolve(`${address}/${COMMIT.toUpperCase()}`, never())).toMatchObject({
      canonical,
      commit: COMMIT,
    });
  });

  it('refuses hosts that are not public, also for a full commit', async () => {
    const provider = createProvider([]);
    for (const ref of ['main', COMMIT])
      expect((await refusalOf(provider, encode('https://127.0.0.1/a.git', ref))).code).toBe('REPO_HOST_REFUSED');
    expect((await refusalOf(provider, encode(served.url, 'main'))).code).toBe('REPO_HOST_REFUSED');
  });

  it('takes 40 hexadecimal digits and more for a name, not for a commit', async () => {
    const provider = createProvider([git.host]);
    expect((await refusalOf(provider, encode(served.url, `${COMMIT}zzz`))).code).toBe('REPO_REF_NOT_FOUND');
  });

  it('says that an empty repository has no default branch', async () => {
    const provider = createProvider([git.host]);
    const error = await refusalOf(provider, encode(served.url, 'refs/heads/nothing'));
    expect(error.hint).toContain('HEAD');
  });
});

describe('the refs of a repository', () => {
  let directory: string;
  const server = fastify();
  const commits: Record<string, string> = {};
  const run = async (...args: string[]): Promise<string> =>
    (await execa('git', ['-c', 'user.name=T', '-c', 'user.email=t@example.org', ...args], { cwd: directory })).stdout;
  const commit = async (name: string): Promise<void> => {
    await run('commit', '--quiet', '--allow-empty', '-m', name);
    commits[name] = await run('rev-parse', 'HEAD');
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'git-refs-'));
    await run('init', '--quiet', '--initial-branch=main');
    await writeFile(join(directory, 'a'), 'a');
    await commit('main');
    await run('tag', '-a', 'annotated', '-m', 'note');
    await run('tag', 'light');
    await commit('feature');
    await run('branch', 'feature/x');
    await run('branch', 'both');
    await commit('tagged');
    await run('tag', 'both');
    await run('tag', 'x');
    await run('update-ref', 'refs/pull/1/head', 'HEAD');
    await run('update-ref', 'refs/other/refs/heads/hidden', 'HEAD');
    await run('reset', '--quiet', '--hard', commits['main'] ?? '');
    await run('update-server-info');
    await cp(join(directory, '.git'), join(directory, 'served', 'refs.git'), { recursive: true });
    await run('init', '--quiet', '--bare', join(directory, 'served', 'empty.git'));
    await execa('git', ['update-server-info'], { cwd: join(directory, 'served', 'empty.git') });
    server.get('/moved.git/info/refs', async (_request, reply) => reply.redirect('/refs.git/info/refs', 301));
    server.get('/lost.git/info/refs', async (_request, reply) => reply.redirect('/refs.git/HEAD', 302));
    server.get('/away.git/info/refs', async (_request, reply) => reply.redirect('https://10.0.0.1/a.git/info/refs'));
    server.get('/spinning.git/info/refs', async (_request, reply) => reply.redirect('/spinning.git/info/refs'));
    server.get('/private.git/info/refs', async (_request, reply) =>
      reply.code(401).header('www-authenticate', 'Basic realm="x"').send(),
    );
    server.get('/broken.git/info/refs', async (_request, reply) => reply.code(500).send());
    server.register(fastifyStatic, { root: join(directory, 'served') });
    await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterAll(async () => {
    await server.close();
    await rm(directory, { recursive: true });
  });

  const address = (): string => `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
  const resolve = async (ref: string): Promise<string> => {
    const provider = createProvider([new URL(address()).host]);
    return (await provider.resolve(encode(`${address()}/refs.git`, ref), never())).commit;
  };

  it.each([
    ['HEAD', 'main'],
    ['main', 'main'],
    ['feature/x', 'feature'],
    ['feature%2Fx', 'feature'],
    ['annotated', 'main'],
    ['light', 'main'],
    ['both', 'feature'],
    ['x', 'tagged'],
    ['refs/tags/both', 'tagged'],
    ['refs/tags/annotated', 'main'],
    ['refs/pull/1/head', 'tagged'],
  ])('%s is the commit %s', async (ref, name) => {
    expect(await resolve(ref)).toBe(commits[name]);
  });

  it('is found where its host says that it has moved to', async () => {
    const provider = createProvider([new URL(address()).host]);
    const spec = encode(`${address()}/moved.git`, 'feature/x');
    expect(await provider.resolve(spec, never())).toMatchObject({
      cloneUrl: `${address()}/refs.git`,
      canonical: `${new URL(address()).host}/refs`,
      commit: commits['feature'],
    });
  });

  it('does not take the end of a longer name for a branch', async () => {
    const provider = createProvider([new URL(address()).host]);
    expect((await refusalOf(provider, encode(`${address()}/refs.git`, 'hidden'))).code).toBe('REPO_REF_NOT_FOUND');
  });

  it.each([
    ['lost.git', 'REPO_NOT_FOUND', 'moved'],
    ['away.git', 'REPO_HOST_REFUSED', '10.0.0.1'],
    ['spinning.git', 'REPO_UNREACHABLE', ''],
    ['private.git', 'REPO_NOT_FOUND', 'private'],
    ['broken.git', 'REPO_UNREACHABLE', ''],
    ['empty.git', 'REPO_REF_NOT_FOUND', 'empty'],
  ])('says of %s: %s', async (name, code, word) => {
    const provider = createProvider([new URL(address()).host]);
    const error = await refusalOf(provider, encode(`${address()}/${name}`, 'HEAD'));
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(word)]);
  });
});
