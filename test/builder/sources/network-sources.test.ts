import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MovingSources } from '../../../services/builder/sources/moving-sources.ts';
import { createNetworkSources } from '../../../services/builder/sources/network-sources.ts';
import { createAddressGuard } from '../../../services/platform/address-guard.ts';
import { createGit } from '../../../services/platform/git-command.ts';
import { startAnsweringServer, type Answer, type AnsweringServer } from '../../support/answering-server.ts';
import { startGitServer, type GitServer } from '../../support/git-server.ts';

const ANSWERS: Readonly<Record<string, Answer>> = {
  '/r.txt': { status: 200, headers: { etag: '"one"' }, body: 'six\n' },
  '/dated.whl': { status: 200, headers: { 'last-modified': 'Wed, 01 May 2024 12:00:00 GMT', 'content-length': '7' } },
  '/silent.whl': { status: 200 },
  '/large.txt': { status: 200, body: 'x'.repeat(2 ** 20 + 1) },
  '/moved.txt': { status: 302, headers: { location: '/r.txt' } },
  '/outside.txt': { status: 302, headers: { location: 'http://169.254.169.254/secret' } },
  '/busy.txt': { status: 503 },
  '/broken.txt': 'reset',
  '/broken.git/info/refs?service=git-upload-pack': 'reset',
};

describe('sources on the network', () => {
  let files: AnsweringServer;
  let server: GitServer;
  let sources: MovingSources;
  const signal = new AbortController().signal;
  const at = (path: string): URL => new URL(path, files.origin);

  beforeAll(async () => {
    files = await startAnsweringServer(({ path }) => ANSWERS[path] ?? { status: 404 });
    server = await startGitServer();
    const guard = createAddressGuard([server.host, new URL(files.origin).host]);
    sources = createNetworkSources({ git: createGit(process.env), guard, timeoutMs: 5000 });
  });
  afterAll(async () => {
    await files[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  it('find the commit that a branch or HEAD names, and none for a name that is not there', async () => {
    const { url, commit } = await server.createRepository('x', { 'setup.py': '' });
    expect(await sources.findCommit(new URL(url), 'main', signal)).toBe(commit);
    expect(await sources.findCommit(new URL(url), 'HEAD', signal)).toBe(commit);
    expect(await sources.findCommit(new URL(url), 'gone', signal)).toBeUndefined();
    expect(await sources.findCommit(new URL(url), '--upload-pack=x', signal)).toBeUndefined();
  });

  it('read files, through redirects, and what their version is', async () => {
    expect(Buffer.from(await sources.readFile(at('/moved.txt'), signal)).toString()).toBe('six\n');
    expect(await sources.findVersion(at('/r.txt'), signal)).toBe('"one"');
    expect(await sources.findVersion(at('/dated.whl'), signal)).toBe('Wed, 01 May 2024 12:00:00 GMT 7');
    expect(await sources.findVersion(at('/silent.whl'), signal)).toBeUndefined();
  });

  it.each([
    ['/absent.txt', 'SOURCE_NOT_FOUND'],
    ['/large.txt', 'SOURCE_TOO_LARGE'],
    ['/outside.txt', 'SOURCE_REFUSED'],
    ['/busy.txt', 'SOURCE_UNREACHABLE'],
    ['/broken.txt', 'SOURCE_UNREACHABLE'],
  ])('say what is wrong with %s: %s', async (path, code) => {
    await expect(sources.readFile(at(path), signal)).rejects.toMatchObject({
      code,
    });
  });

  it('show no query of an address, which may hold a secret', async () => {
    await expect(sources.readFile(at('/absent.txt?token=secret'), signal)).rejects.toMatchObject({
      message: expect.not.stringContaining('secret') as string,
    });
  });

  it('refuse hosts that are not public, and are tried again where a host does not answer', async () => {
    await expect(sources.findCommit(new URL('https://10.0.0.1/x.git'), 'main', signal)).rejects.toMatchObject({
      code: 'SOURCE_REFUSED',
    });
    await expect(sources.findCommit(new URL('git://example.org/x'), 'main', signal)).rejects.toMatchObject({
      code: 'SOURCE_REFUSED',
    });
    await expect(sources.findCommit(at('/broken.git'), 'main', signal)).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      retry: true,
    });
    await expect(sources.findCommit(new URL(`${server.url}/none.git`), 'main', signal)).rejects.toMatchObject({
      code: 'SOURCE_NOT_FOUND',
    });
  });
});
