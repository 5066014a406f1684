import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Value } from 'typebox/value';
import { BuildPlan } from '../../../services/contracts/build-plan.ts';
import { connectTestEngine, runInImage } from '../../support/docker-engine.ts';
import { startGitServer } from '../../support/git-server.ts';
import { runToEnd } from '../../support/slipway-server.ts';

const IMAGE = 'slipway-test/command:built';
const data = mkdtempSync(join(tmpdir(), 'slipway-data-'));
afterAll(() => rmSync(data, { recursive: true }));

describe('slipway plan and slipway dockerfile', () => {
  it('print what would be done with a directory, and nothing else', async () => {
    const plan = await runToEnd(['plan', 'fixtures/repos/numpy-pandas']);
    expect(plan).toMatchObject({ exitCode: 0, stderr: '' });
    expect(Value.Errors(BuildPlan, JSON.parse(plan.stdout))).toEqual([]);
    const dockerfile = await runToEnd(['dockerfile', 'fixtures/repos/numpy-pandas']);
    expect(dockerfile).toMatchObject({ exitCode: 0, stderr: '' });
    expect(dockerfile.stdout).toMatch(/^FROM slipway\/base:3\.13-[0-9a-f]{12} AS environment$/m);
  });

  it('look at a repository at a ref, and at a part of it', async () => {
    await using git = await startGitServer();
    const { url } = await git.createRepository('looked', { 'part/requirements.txt': 'six\n' });
    const flags = ['--allow-host', git.host, '--ref', 'main', '--subdir', 'part'];
    const plan = await runToEnd(['plan', url, ...flags]);
    expect(JSON.parse(plan.stdout)).toMatchObject({ files: [{ path: 'requirements.txt', text: 'six\n' }] });
    const dockerfile = await runToEnd(['dockerfile', url, ...flags]);
    expect(dockerfile.stdout).toMatch(/^FROM slipway\/base:3\.13-[0-9a-f]{12} AS environment$/m);
    const unbuilt = await runToEnd(['build', '--no-build', url, ...flags]);
    expect(unbuilt).toMatchObject({ exitCode: 0, stdout: dockerfile.stdout });
    const local = await runToEnd(['plan', 'fixtures/repos', '--subdir', 'numpy-pandas']);
    expect(local.stdout).toBe((await runToEnd(['plan', 'fixtures/repos/numpy-pandas'])).stdout);
    const missing = await runToEnd(['plan', url, '--allow-host', git.host, '--subdir', 'absent']);
    expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('FETCH_SUBDIR_MISSING') as string });
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('slipway-plan-'))).toEqual([]);
  });

  it('print the Dockerfile that a repository brings', async () => {
    const { stdout } = await runToEnd(['dockerfile', 'fixtures/repos/dockerfile']);
    expect(stdout).toMatch(/^FROM /m);
  });

  type Wrong = { readonly what: string; readonly code: number; readonly args: string[]; readonly message: RegExp };
  const wrong: readonly Wrong[] = [
    {
      what: 'a directory that is not there',
      code: 2,
      args: ['plan', '/nonexistent'],
      message: /nonexistent is neither a directory nor an address/,
    },
    {
      what: 'an invalid file in the directory',
      code: 1,
      args: ['plan', 'fixtures/repos/runtime-invalid'],
      message: /runtime\.txt.*\n.*python-3\.13.*\n.*DETECT_RUNTIME_INVALID/,
    },
    { what: 'an unknown command', code: 2, args: ['sail'], message: /unknown command/ },
    {
      what: 'an address that is none',
      code: 2,
      args: ['build', 'neither'],
      message: /neither a directory nor an address/,
    },
    {
      what: 'an unknown test suite',
      code: 2,
      args: ['test', 'nothing'],
      message: /no test suite named nothing/,
    },
  ];
  it.each(wrong)('end with one clear message and exit code $code for $what', async ({ code, args, message }) => {
    const { exitCode, stderr } = await runToEnd(args);
    expect(exitCode).toBe(code);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });
});

describe('slipway build', () => {
  it('builds a directory and prints the name of an image that runs by itself', async () => {
    const { exitCode, stdout, stderr } = await runToEnd(['build', 'fixtures/repos/post-build', '--image-name', IMAGE]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stdout).toBe(`${IMAGE}\n`);
    const run = await runInImage(IMAGE, ['sh', '-c', 'pwd; id -un']);
    const images = await runToEnd(['images', '--data', data]);
    const listed = await runToEnd(['images', '--data', data, '--json']);
    await connectTestEngine().getImage(IMAGE).remove({ force: true });
    expect(images.stdout).toMatch(
      /^commit +\d+ MiB +\d+ \w+ +- +0 +0{12} +\S+\/post-build +slipway-test\/command:built$/m,
    );
    expect(JSON.parse(listed.stdout)).toContainEqual(
      expect.objectContaining({ name: IMAGE, kind: 'commit', commit: '0'.repeat(40), containers: 0 }),
    );
    expect(run).toEqual({ status: 0, output: '/home/jovyan\njovyan' });
  });

  it('builds a repository at a ref', async () => {
    await using git = await startGitServer();
    const { url, commit } = await git.createRepository('built', { 'README.md': 'x' });
    const { stdout, stderr } = await runToEnd(['build', url, '--allow-host', git.host]);
    expect({ stdout, stderr }).toMatchObject({ stdout: expect.stringMatching(`:${commit}\n$`) as string });
    await connectTestEngine().getImage(stdout.trim()).remove({ force: true });
    const missing = await runToEnd(['build', url, '--allow-host', git.host, '--ref', 'nope']);
    expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('REPO_REF_NOT_FOUND') as string });
  });
});

describe('slipway up', () => {
  const up = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runToEnd(['up', '--data', data, '--port', '0', '--session-port', '0', ...args], env);

  it('says which port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { exitCode, stderr } = await up(['--session-port', String(port)]);
    taken.close();
    expect(exitCode).toBe(4);
    expect(stderr).toContain(`Port ${port} of 127.0.0.1 is in use.`);
    expect(stderr).toContain('CONFIG_PORT_IN_USE');
  });

  it('says that the engine does not answer', async () => {
    const { exitCode, stderr } = await up([], { DOCKER_HOST: 'tcp://127.0.0.1:1' });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('The container engine at tcp://127.0.0.1:1 does not answer.');
    expect(stderr).toContain('CONFIG_ENGINE_UNREACHABLE');
  });

  it('names all bad settings at once', async () => {
    const { exitCode, stderr } = await up(['--port', 'eighty'], { SLIPWAY_SESSIONS_CPUS: '0' });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/port: /);
    expect(stderr).toMatch(/sessions\.cpus: /);
    expect(stderr).toContain('CONFIG_INVALID');
  });

  it('says that the data directory cannot be used', async () => {
    const { exitCode, stderr } = await runToEnd([
      'up',
      '--data',
      '/dev/null/slipway',
      '--port',
      '0',
      '--session-port',
      '0',
    ]);
    expect(exitCode).toBe(4);
    expect(stderr).toContain('CONFIG_DATA_UNWRITABLE');
  });

  it.skipIf(process.getuid?.() !== 0)('says that the disk is full (needs root, to mount a small one)', async () => {
    const small = join(data, 'small');
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', small]);
    try {
      const { exitCode, stderr } = await runToEnd(['up', '--data', small, '--port', '0', '--session-port', '0']);
      expect(exitCode).toBe(4);
      expect(stderr).toMatch(/Only \d+ MiB are free at .*\n.*\n.*CONFIG_DISK_FULL/);
    } finally {
      execFileSync('umount', [small]);
    }
  });

  it('explains itself', async () => {
    const { exitCode, stdout } = await runToEnd(['up', '--help']);
    expect(exitCode).toBe(0);
    for (const option of ['--port', '--session-port', '--host', '--data', '--config', '--allow-host']) {
      expect(stdout).toContain(option);
    }
  });
});

describe('slipway down', () => {
  it('has nothing to do where no server ever was', async () => {
    const { exitCode, stderr } = await runToEnd(['down', '--data', join(data, 'never')]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('nothing to stop');
  });
});
