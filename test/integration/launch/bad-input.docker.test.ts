import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGitServer, type GitServer } from '../../support/git-server.ts';
import { connectKernel } from '../../support/jupyter-client.ts';
import { gitSpec, launch } from '../../support/launch-stream.ts';
import { readLeftovers, type Leftovers } from '../../support/leftovers.ts';
import { removeSlipway, startSlipway, type SlipwayServer } from '../../support/slipway-server.ts';

/** Takes memory until it is refused; the session's own limit is what stops it. */
const EAT_MEMORY = 'import mmap\nheld = []\nwhile True:\n    held.append(b"x" * 16_777_216)\n';

/** Many small processes beside a server that is marked as the first to go: the session itself is the victim. */
const EXCEED_MEMORY = `import os, subprocess, sys, time
open(f"/proc/{os.getppid()}/oom_score_adj", "w").write("1000")
for _ in range(12):
    subprocess.Popen([sys.executable, "-c", "kept = bytearray(40_000_000); import time; time.sleep(60)"])
time.sleep(60)`;

let git: GitServer;
let silent: Server;
let server: SlipwayServer;
let before: Leftovers;

beforeAll(async () => {
  before = await readLeftovers();
  git = await startGitServer();
  silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  server = await startSlipway({
    allowHosts: [git.host, `127.0.0.1:${port}`],
    env: { SLIPWAY_SESSIONS_MEMORY_MIB: '300', SLIPWAY_LOOKUP_TIMEOUT_SECONDS: '3' },
  });
});

afterAll(async () => {
  await removeSlipway(server);
  silent.close();
  await git[Symbol.asyncDispose]();
});

const expectFailure = async (spec: string, code: string): Promise<string> => {
  const { failed, events, log } = await launch(server.url, spec);
  expect({ code: failed?.code, log }).toMatchObject({ code });
  expect(events.filter(({ phase }) => phase === 'failed')).toHaveLength(1);
  expect(failed?.hint.length).toBeGreaterThan(10);
  return failed?.message ?? '';
};

const repository = async (name: string, files: Parameters<GitServer['createRepository']>[1]): Promise<string> =>
  gitSpec((await git.createRepository(name, files)).url);

describe('bad input ends in one failed event with its own code and a hint', () => {
  it.each([
    ['an unknown provider', 'nope/owner/repo/HEAD', 'REPO_PROVIDER_UNKNOWN'],
    ['a GitHub spec without a repository', 'gh/owner', 'REPO_SPEC_INVALID'],
    ['a Git spec without a ref', `git/${encodeURIComponent('https://example.org/a/b')}`, 'REPO_SPEC_INVALID'],
    ['a broken percent-encoding', 'git/https%3A%2F%2Fexample.org%2Fa%ZZ/HEAD', 'LAUNCH_REQUEST_INVALID'],
    ['a host that is not public', gitSpec('http://127.0.0.1:1/a/b'), 'REPO_HOST_REFUSED'],
    ['a metadata address', gitSpec('https://169.254.169.254/latest/meta-data'), 'REPO_HOST_REFUSED'],
  ])('%s', async (_name, spec, code) => {
    await expectFailure(spec, code);
  });

  it('a missing repository', async () => {
    await expectFailure(gitSpec(`${git.url}/never-made`), 'REPO_NOT_FOUND');
  });

  it('a missing ref', async () => {
    const { url } = await git.createRepository('ref', { 'a.txt': 'a' });
    expect(await expectFailure(gitSpec(url, 'no-such-branch'), 'REPO_REF_NOT_FOUND')).toContain('no-such-branch');
  });

  it('a repository that does not answer', async () => {
    const { port } = silent.address() as AddressInfo;
    await expectFailure(gitSpec(`http://127.0.0.1:${port}/a/b`), 'REPO_UNREACHABLE');
  });

  it('an invalid runtime.txt', async () => {
    const spec = await repository('runtime', { 'runtime.txt': 'banana\n' });
    expect(await expectFailure(spec, 'DETECT_RUNTIME_INVALID')).toContain('runtime.txt');
  });

  it('a conda package that is named by its address', async () => {
    const spec = await repository('conda', {
      'environment.yml': 'dependencies:\n  - https://example.org/numpy-1-0.conda\n',
    });
    expect(await expectFailure(spec, 'DETECT_CONDA_UNSUPPORTED')).toContain('numpy');
  });

  it('a failing postBuild', async () => {
    const spec = await repository('post-build', { postBuild: '#!/bin/sh\necho about to fail\nexit 3\n' });
    await expectFailure(spec, 'BUILD_POSTBUILD_FAILED');
  });

  it('a package that does not exist', async () => {
    const spec = await repository('package', { 'requirements.txt': 'slipway-test-package-that-does-not-exist\n' });
    expect(await expectFailure(spec, 'BUILD_PACKAGE_NOT_FOUND')).toContain('slipway-test-package-that-does-not-exist');
  });

  it('a start script that exits', async () => {
    const spec = await repository('start-exits', { start: '#!/bin/sh\necho gone already\n' });
    const { failed } = await launch(server.url, spec);
    expect(failed).toMatchObject({
      code: 'SESSION_START_FAILED',
      log: expect.stringContaining('gone already') as string,
    });
  });

  it('a start script that takes more memory than it may', async () => {
    const spec = await repository('start-eats', { start: `#!/usr/bin/env python3\n${EAT_MEMORY}` });
    await expectFailure(spec, 'SESSION_MEMORY_EXCEEDED');
  });
});

describe('memory exceeded in a running session', () => {
  it('ends the session, and its page says why and what to do next', async () => {
    const { ready } = await launch(server.url, await repository('eats-later', { 'README.md': 'x' }));
    const { url = '', token = '' } = ready ?? {};
    const kernel = await connectKernel(url, token);
    await expect(kernel.execute(EXCEED_MEMORY)).rejects.toThrow(/closed/);
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    expect(page.status).toBe(410);
    const text = await page.text();
    expect(text).toContain('SESSION_MEMORY_EXCEEDED');
    expect(text).toContain('Launch again');
  });
});

describe('after all of that', () => {
  it('nothing is left behind: no container, network, image without a name, temporary directory or process', async () => {
    await removeSlipway(server);
    expect(await readLeftovers()).toEqual(before);
  });
});
