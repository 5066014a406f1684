import { execa } from 'execa';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGitFetcher, type GitFetcherOptions } from '../../../services/builder/fetch/git-fetcher.ts';
import { createAddressGuard } from '../../../services/platform/address-guard.ts';
import { createGit } from '../../../services/platform/git-command.ts';
import { contentFetcherContract } from '../../conformance/content-fetcher.ts';
import { startGitServer, type GitServer, type ServedRepository } from '../../support/git-server.ts';
import { runGenerator } from '../../support/run-generator.ts';
import { makeBuildRequest } from '../build-request.ts';

const ABSENT = '0123456789012345678901234567890123456789';

describe('git fetcher', () => {
  let server: GitServer;
  let into = '';
  let counter = 0;
  /** A repository of one file, for what does not come to its content. */
  let plain: ServedRepository;

  beforeAll(async () => {
    server = await startGitServer();
    plain = await server.createRepository(name(), { 'file.txt': 'text' });
    await server.allowPartialClones(plain);
  });
  afterAll(() => server[Symbol.asyncDispose]());
  beforeEach(async () => {
    into = await mkdtemp(join(tmpdir(), 'git-fetch-'));
  });
  afterEach(() => rm(into, { recursive: true, force: true }));

  const createFetcher = (options: Partial<GitFetcherOptions> = {}) =>
    createGitFetcher({
      git: createGit(process.env),
      guard: createAddressGuard([server.host]),
      timeoutMs: 20_000,
      maxBytes: 2 ** 24,
      ...options,
    });
  const name = (): string => `repository-${(counter += 1)}`;
  const fetch = (served: { url: string; commit: string }, options: Partial<GitFetcherOptions> = {}) =>
    runGenerator(createFetcher(options).fetch(makeBuildRequest(served), into, AbortSignal.timeout(20_000)));

  let shared: Promise<ServedRepository> | undefined;
  contentFetcherContract({
    create: async (files) => {
      shared ??= server.createRepository(name(), files);
      return { fetcher: createFetcher(), request: makeBuildRequest(await shared) };
    },
  });

  it('gets an older commit by its id, not the newest', async () => {
    const repository = name();
    const first = await server.createRepository(repository, { 'a.txt': 'first' });
    await server.commit(repository, { 'b.txt': 'second' }, 'second');
    const { result } = await fetch(first);
    expect(await readdir(result.directory)).toEqual(['a.txt']);
    expect(result.committedAt).toBe(Date.UTC(2024, 4, 1, 12) / 1000);
  });

  it('keeps the executable bit', async () => {
    const served = await server.createRepository(name(), { 'run.sh': { text: '#!/bin/sh\n', mode: 0o755 } });
    const { result } = await fetch(served);
    expect((await stat(join(result.directory, 'run.sh'))).mode & 0o111).not.toBe(0);
  });

  describe('of a sub-directory', () => {
    const large = new Uint8Array(4 * 2 ** 20);
    const fetchDirectory = async (served: { url: string; commit: string }, subdir: string, maxBytes = 2 ** 20) => {
      const request = { ...makeBuildRequest(served), subdir };
      return runGenerator(createFetcher({ maxBytes }).fetch(request, into, AbortSignal.timeout(20_000)));
    };

    const directories = ['lessons/week 1', '-odd', 'with[brackets]*', 'ünï'];
    let lessons: ServedRepository;
    beforeAll(async () => {
      const files = directories.flatMap((subdir) => [
        [`${subdir}/notebook.ipynb`, '{}'],
        [`${subdir}/data/table.csv`, 'a,b'],
      ]);
      lessons = await server.createRepository(name(), { ...Object.fromEntries(files), 'other/large.bin': large });
      await server.allowPartialClones(lessons);
    });

    it.each(directories)('leaves the rest at the host: %s', async (subdir) => {
      const { result } = await fetchDirectory(lessons, subdir);
      expect((await readdir(result.directory, { recursive: true })).toSorted()).toEqual([
        'data',
        'data/table.csv',
        'notebook.ipynb',
      ]);
      expect(await readFile(join(result.directory, 'data/table.csv'), 'utf8')).toBe('a,b');
      await expect(stat(join(into, 'other'))).rejects.toMatchObject({ code: 'ENOENT' });
    });

    it('writes files as a whole checkout does, by the attributes above it', async () => {
      const files = { '.gitattributes': '*.txt text eol=crlf\n', 'a/b.txt': 'one\ntwo\n' };
      const served = await server.createRepository(name(), files);
      await server.allowPartialClones(served);
      const { result } = await fetchDirectory(served, 'a');
      expect(await readFile(join(result.directory, 'b.txt'), 'utf8')).toBe('one\r\ntwo\r\n');
    });

    it('fetches everything where a link leads to it', async () => {
      const served = await server.createRepository(name(), { 'real/a.txt': 'a', current: { link: 'real' } });
      await server.allowPartialClones(served);
      const { result } = await fetchDirectory(served, 'current');
      expect(await readdir(result.directory)).toEqual(['a.txt']);
    });

    it('takes everything from a host that cannot leave files out', async () => {
      const served = await server.createRepository(name(), { 'a/b.txt': 'b', 'c/d.txt': 'd' });
      const { result } = await fetchDirectory(served, 'a');
      expect(await readdir(result.directory)).toEqual(['b.txt']);
    });

    it('fetches only the submodules in it', async () => {
      const other = await server.createRepository(name(), { 'deep.txt': 'deep' });
      const modules = ['in/lib', 'out/lib'].map(
        (path) => `[submodule "${path}"]\n\tpath = ${path}\n\turl = ${other.url}\n`,
      );
      const served = await server.createRepository(name(), {
        '.gitmodules': modules.join(''),
        'in/a.txt': 'a',
        'in/lib': { submodule: other.commit },
        'out/lib': { submodule: ABSENT },
      });
      await server.allowPartialClones(served);
      const { result } = await fetchDirectory(served, 'in');
      expect(await readFile(join(result.directory, 'lib/deep.txt'), 'utf8')).toBe('deep');
    });

    it.each(['absent', '../..', '/etc', ':(glob)**', 'file.txt'])(
      'says that there is no directory %s',
      async (subdir) => {
        await expect(fetchDirectory(plain, subdir)).rejects.toMatchObject({ code: 'FETCH_SUBDIR_MISSING' });
      },
    );
  });

  describe('with submodules', () => {
    /** The same address and commit as a file of a test repository: an entry of mode 160000 and its .gitmodules. */
    const gitmodules = (path: string, url: string): string => `[submodule "x"]\n\tpath = ${path}\n\turl = ${url}\n`;

    it('fetches them at the commit that is named, theirs too, by relative addresses', async () => {
      const [inner, middle] = [name(), name()];
      const deep = await server.createRepository(inner, { 'deep.txt': 'deep' });
      const between = await server.createRepository(middle, {
        '.gitmodules': gitmodules('vendor', `../${inner}.git`),
        vendor: { submodule: deep.commit },
      });
      await server.commit(middle, { 'later.txt': 'later' }, 'later');
      const served = await server.createRepository(name(), {
        '.gitmodules': gitmodules('deps/middle', `../${middle}.git`),
        'deps/middle': { submodule: between.commit },
      });
      const { items, result } = await fetch(served);
      expect(await readFile(join(result.directory, 'deps/middle/vendor/deep.txt'), 'utf8')).toBe('deep');
      expect(await readdir(join(result.directory, 'deps/middle'))).toEqual(['.gitmodules', 'vendor']);
      expect(items.join('')).toContain(`Fetching the submodule deps/middle at ${between.commit}`);
    });

    it.each([
      ['a commit that is gone', (url: string) => url, 'FETCH_SUBMODULE_FAILED'],
      ['a repository that is not there', (url: string) => `${url}/no.git`, 'FETCH_SUBMODULE_FAILED'],
      ['another protocol', () => 'file:///etc', 'FETCH_SUBMODULE_FAILED'],
      ['a host that is not allowed', () => 'https://127.0.0.1:1/x.git', 'FETCH_SUBMODULE_FAILED'],
    ])('names the one that has %s', async (_what, address, code) => {
      const served = await server.createRepository(name(), {
        '.gitmodules': gitmodules('lib', address(plain.url)),
        lib: { submodule: ABSENT },
      });
      await expect(fetch(served)).rejects.toMatchObject({ code, message: expect.stringContaining('submodule lib') });
    });

    it('leaves one without an address empty and says so', async () => {
      const served = await server.createRepository(name(), { '.gitmodules': '# none\n', lib: { submodule: ABSENT } });
      const { items, result } = await fetch(served);
      expect(items.join('')).toContain('The submodule lib has no address');
      expect(await readdir(join(result.directory, 'lib'))).toEqual([]);
    });
  });

  it('does not run filters or hooks of the repository', async () => {
    const marker = join(into, '..', `${name()}.ran`);
    const served = await server.createRepository(name(), {
      '.gitattributes': '* filter=lfs\n',
      '.lfsconfig': `[lfs]\n\turl = http://localhost/\n`,
      '.gitconfig': `[filter "lfs"]\n\tsmudge = touch ${marker}\n`,
      'data.bin': 'version https://git-lfs.github.com/spec/v1\n',
    });
    await fetch(served);
    await expect(stat(marker)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('reports a commit that is not there as FETCH_COMMIT_MISSING', async () => {
    await expect(fetch({ ...plain, commit: ABSENT })).rejects.toMatchObject({ code: 'FETCH_COMMIT_MISSING' });
  });

  it.each(['--upload-pack=touch /tmp/owned', '-x', 'main', 'HEAD', `${ABSENT}\n`])(
    'never hands %j to git as a commit',
    async (commit) => {
      const before = server.requests().total;
      await expect(fetch({ ...plain, commit })).rejects.toMatchObject({ code: 'FETCH_COMMIT_MISSING' });
      expect(server.requests().total).toBe(before);
    },
  );

  it('reports a repository that does not exist as REPO_NOT_FOUND', async () => {
    await expect(fetch({ url: `${server.url}/absent.git`, commit: ABSENT })).rejects.toMatchObject({
      code: 'REPO_NOT_FOUND',
    });
  });

  it.each([
    'http://127.0.0.1:9/x.git',
    'https://169.254.169.254/x.git',
    'file:///etc',
    'ext::sh -c id',
    'ssh://-oProxyCommand=id/x',
  ])('refuses to fetch from %s', async (url) => {
    await expect(fetch({ url, commit: ABSENT })).rejects.toMatchObject({ code: 'REPO_HOST_REFUSED' });
  });

  it('reports a host without an address as FETCH_FAILED, to be retried', async () => {
    const url = 'https://absent.invalid/x.git';
    await expect(fetch({ url, commit: ABSENT })).rejects.toMatchObject({ code: 'FETCH_FAILED', retry: true });
  });

  it('reports a port where nobody answers as FETCH_FAILED, to be retried', async () => {
    const guard = createAddressGuard(['127.0.0.1:9']);
    await expect(fetch({ url: 'http://127.0.0.1:9/x.git', commit: ABSENT }, { guard })).rejects.toMatchObject({
      code: 'FETCH_FAILED',
      retry: true,
    });
  });

  it('stops a repository that is too large', async () => {
    const served = await server.createRepository(name(), { 'zeros.bin': new Uint8Array(4 * 2 ** 20) });
    await expect(fetch(served, { maxBytes: 2 ** 20 })).rejects.toMatchObject({ code: 'FETCH_TOO_LARGE' });
  });

  describe('with a host that is slow or different', () => {
    let other: Server;
    let host = '';
    const listen = async (answer: RequestListener): Promise<void> => {
      other = createServer(answer);
      await new Promise<void>((resolve) => void other.listen(0, '127.0.0.1', resolve));
      host = `127.0.0.1:${(other.address() as AddressInfo).port}`;
    };
    afterEach(() => {
      other.closeAllConnections();
      other.close();
    });
    const fetchFromOther = (timeoutMs: number, signal: AbortSignal) => {
      const guard = createAddressGuard([host]);
      const request = makeBuildRequest({ url: `http://${host}/x.git`, commit: ABSENT });
      return runGenerator(createFetcher({ guard, timeoutMs }).fetch(request, into, signal));
    };

    it('ends in FETCH_TIMEOUT when the host never answers, and leaves no process', async () => {
      await listen(() => undefined);
      await expect(fetchFromOther(500, AbortSignal.timeout(20_000))).rejects.toMatchObject({ code: 'FETCH_TIMEOUT' });
      const listProcesses = async () => (await execa('ps', ['-eo', 'args'])).stdout;
      await expect.poll(listProcesses, { timeout: 5000 }).not.toContain(host);
    });

    it('ends with the reason of the signal when it is aborted', async () => {
      await listen(() => undefined);
      const reason = new Error('nobody waits any more');
      const stop = new AbortController();
      setTimeout(() => stop.abort(reason), 200);
      await expect(fetchFromOther(20_000, stop.signal)).rejects.toBe(reason);
    });

    it('does not follow a redirect to another host', async () => {
      await listen((_request, response) =>
        response.writeHead(302, { location: `${server.url}/x.git/info/refs` }).end(),
      );
      const before = server.requests().total;
      await expect(fetchFromOther(20_000, AbortSignal.timeout(20_000))).rejects.toMatchObject({ code: 'FETCH_FAILED' });
      expect(server.requests().total).toBe(before);
    });
  });
});
