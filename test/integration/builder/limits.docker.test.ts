import { execa } from 'execa';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalDirectory } from '../../../services/builder/fetch/local-directory.ts';
import { listStepGroups } from '../../../services/builder/limits/control-groups.ts';
import { createBuilder } from '../../../services/builder/main.ts';
import { readSettings } from '../../../services/cli/read-settings.ts';
import type { BuildEvent } from '../../../services/contracts/build.ts';
import { LABELS } from '../../../services/contracts/labels.ts';
import { createAddressGuard } from '../../../services/platform/address-guard.ts';
import { createGit } from '../../../services/platform/git-command.ts';
import { makeBuildRequest } from '../../builder/build-request.ts';
import { connectTestEngine, createImageScope, createTinyImage, listLeftovers } from '../../support/docker-engine.ts';
import { runGenerator } from '../../support/run-generator.ts';

const engine = connectTestEngine();
const scope = createImageScope(engine, 'limits');
const from = `${scope.prefix}tiny:1`;
const imageName = `${scope.prefix}limited:1`;
const CONTROL_GROUPS = '/sys/fs/cgroup';
/** Control groups are root's; where another user runs the tests there are none of these limits. */
const isRoot = process.getuid?.() === 0;

describe('the limits of a build', () => {
  let temporary = '';
  let directory = '';
  beforeAll(async () => {
    temporary = await mkdtemp(join(tmpdir(), 'limits-'));
    directory = join(temporary, 'repository');
    await createTinyImage(from);
  });
  afterAll(async () => {
    await rm(temporary, { recursive: true, force: true });
    await scope[Symbol.asyncDispose]();
  });

  type Limits = Readonly<Record<string, string>>;

  /** Builds a Dockerfile of one RUN, which no cache knows, under limits as the variables of a server name them. */
  const start = async (command: string, limits: Limits, signal: AbortSignal) => {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'Dockerfile'), `FROM ${from}\nRUN : ${crypto.randomUUID()}; ${command}\n`);
    const settings = readSettings({}, { SLIPWAY_IMAGE_PREFIX: scope.prefix, ...limits });
    const builder = createBuilder(settings, engine, {
      git: createGit(process.env),
      guard: createAddressGuard([]),
      temporary,
      fetcher: createLocalDirectory(directory),
    });
    return builder.build(makeBuildRequest({ url: 'https://example.org/a', commit: 'a'.repeat(40) }, imageName), signal);
  };
  const build = async (command: string, limits: Limits) =>
    runGenerator(await start(command, limits, AbortSignal.timeout(120_000)));
  const findImage = async () => (await engine.listImages()).find(({ RepoTags }) => RepoTags?.includes(imageName));
  const processes = async () => (await execa('ps', ['-eo', 'args'])).stdout.split('\n');

  describe.runIf(isRoot)('where this process may hold steps to them', () => {
    it('ends a step that takes too much memory in BUILD_MEMORY_EXCEEDED', async () => {
      const { result } = await build('x=$(yes | head -c 150000000); echo kept it all', {
        SLIPWAY_BUILD_MEMORY_MIB: '64',
      });
      expect(result).toMatchObject({ ok: false, error: { code: 'BUILD_MEMORY_EXCEEDED', retry: false } });
      expect(result).toMatchObject({ error: { message: expect.stringContaining('64 MiB') as string } });
    });

    it('gives a step the memory that it may have', async () => {
      const command = 'x=$(yes | head -c 50000000); echo kept it all';
      const { result, items } = await build(command, { SLIPWAY_BUILD_MEMORY_MIB: '512' });
      expect(result).toMatchObject({ ok: true });
      expect(items.some(({ message }) => message === 'kept it all\n')).toBe(true);
    });

    it('stops a fork bomb at the number of processes, in BUILD_PROCESSES_EXCEEDED (case 84)', async () => {
      const command = 'n=0; while [ $n -lt 5000 ]; do sleep 60 & n=$((n+1)); done; echo started all';
      const { result, items } = await build(command, { SLIPWAY_BUILD_PIDS: '50' });
      expect(result).toMatchObject({ ok: false, error: { code: 'BUILD_PROCESSES_EXCEEDED', retry: false } });
      expect(items.some(({ message }) => message === 'started all\n')).toBe(false);
    });

    it('ends a step while it fills the disk, in BUILD_IMAGE_TOO_LARGE (case 84)', async () => {
      const command = 'echo begun; yes > /tmp/endless';
      const { result } = await build(command, { SLIPWAY_BUILD_MAX_IMAGE_MIB: '50' });
      expect(result).toMatchObject({ ok: false, error: { code: 'BUILD_IMAGE_TOO_LARGE' } });
      expect(result).toMatchObject({ error: { message: expect.stringContaining('50 MiB') as string } });
      await expect.poll(processes, { timeout: 10_000 }).not.toContain('yes');
    });

    it('gives a step no more than its CPU cores', async () => {
      const run = await start('echo started; sleep 2', { SLIPWAY_BUILD_CPUS: '0.5' }, AbortSignal.timeout(60_000));
      const limits: string[] = [];
      for await (const { message } of run) {
        if (message !== 'started\n') continue;
        for (const { directories } of await listStepGroups(CONTROL_GROUPS))
          for (const file of ['cpu.cfs_quota_us', 'cpu.max'])
            limits.push(await readFile(join(directories.cpu, file), 'utf8').catch(() => ''));
      }
      expect(limits.some((limit) => limit.startsWith('50000'))).toBe(true);
    });
  });

  it('ends a step that prints nothing in BUILD_IDLE, and what it runs', async () => {
    const marker = `7${process.pid}`;
    const { result } = await build(`echo begun; sleep ${marker}`, { SLIPWAY_BUILD_IDLE_SECONDS: '2' });
    expect(result).toMatchObject({ ok: false, error: { code: 'BUILD_IDLE' } });
    expect(result).toMatchObject({ error: { message: expect.stringContaining('2 seconds') as string } });
    await expect.poll(processes, { timeout: 10_000 }).not.toContain(`sleep ${marker}`);
  });

  it('ends a build that takes too long in BUILD_TIMEOUT, however much it prints, with a log that is cut (case 84)', async () => {
    const { result, items } = await build('yes', {
      SLIPWAY_BUILD_TIMEOUT_SECONDS: '6',
      SLIPWAY_BUILD_IDLE_SECONDS: '2',
      SLIPWAY_BUILD_LOG_MIB: '1',
    });
    expect(result).toMatchObject({ ok: false, error: { code: 'BUILD_TIMEOUT' } });
    const bytes = items.reduce((sum, { message }) => sum + message.length, 0);
    expect(bytes).toBeLessThan(1.1 * 2 ** 20);
    await expect.poll(processes, { timeout: 10_000 }).not.toContain('yes');
  });

  it('removes an image that became too large, in BUILD_IMAGE_TOO_LARGE', async () => {
    const { result } = await build('head -c 30000000 /dev/zero > /tmp/large', { SLIPWAY_BUILD_MAX_IMAGE_MIB: '20' });
    expect(result).toMatchObject({ ok: false, error: { code: 'BUILD_IMAGE_TOO_LARGE' } });
    expect(await findImage()).toBeUndefined();
  });

  it('counts what is in the context and not what .dockerignore keeps out', async () => {
    const addData = async (name: string, text: string) => {
      await mkdir(dirname(join(directory, name)), { recursive: true });
      await writeFile(join(directory, name), text);
    };
    const limits = { SLIPWAY_BUILD_MAX_CONTEXT_MIB: '1' };
    const large = await start('true', limits, AbortSignal.timeout(60_000));
    await addData('data/large.csv', 'x'.repeat(2 * 2 ** 20));
    expect((await runGenerator(large)).result).toMatchObject({ ok: false, error: { code: 'BUILD_CONTEXT_TOO_LARGE' } });
    const ignored = await start('true', limits, AbortSignal.timeout(60_000));
    await addData('data/large.csv', 'x'.repeat(2 * 2 ** 20));
    await addData('.dockerignore', 'data\n');
    expect((await runGenerator(ignored)).result).toMatchObject({ ok: true });
  });

  it('leaves no process, container or image of a build that is cancelled', async () => {
    await engine
      .getImage(imageName)
      .remove({ force: true })
      .catch(() => undefined);
    const marker = `8${process.pid}`;
    const before = await listLeftovers(engine, LABELS.kind);
    const stop = new AbortController();
    const reason = new Error('nobody waits any more');
    const run = await start(`echo begun; sleep ${marker} & sleep ${marker}`, {}, stop.signal);
    const cancelWhenBegun = async ({ message }: BuildEvent): Promise<void> => {
      if (message !== 'begun\n') return;
      await expect.poll(processes).toContain(`sleep ${marker}`);
      stop.abort(reason);
    };
    await expect(
      (async () => {
        for await (const event of run) await cancelWhenBegun(event);
      })(),
    ).rejects.toBe(reason);
    await expect.poll(processes, { timeout: 10_000 }).not.toContain(`sleep ${marker}`);
    await expect.poll(() => listLeftovers(engine, LABELS.kind), { timeout: 10_000 }).toEqual(before);
    expect(await findImage()).toBeUndefined();
  });
});
