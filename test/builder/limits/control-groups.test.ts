import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limitStepGroup, listStepGroups } from '../../../services/builder/limits/control-groups.ts';

const STEP = 'umsljtrbec5kzadb1i35gse87';
const LIMITS = { diskBytes: 2 ** 30, memoryBytes: 64 * 2 ** 20, cpus: 1.5, pids: 100 };

describe('the control groups of build steps', () => {
  let root = '';
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'cgroup-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  const addFiles = async (paths: readonly string[]): Promise<void> => {
    for (const path of paths) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), '-');
    }
  };
  const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8');

  const limitAll = async (): Promise<string[]> => {
    const groups = await listStepGroups(root);
    for (const group of groups) await limitStepGroup(group, LIMITS);
    return groups.map(({ name }) => name);
  };

  it('are found and limited in version 1, where each controller has its own tree', async () => {
    const files = [
      `memory/docker/buildkit/${STEP}/memory.limit_in_bytes`,
      `memory/docker/buildkit/${STEP}/memory.memsw.limit_in_bytes`,
      `cpu/docker/buildkit/${STEP}/cpu.cfs_quota_us`,
      `pids/docker/buildkit/${STEP}/pids.max`,
    ];
    await addFiles([...files, `memory/docker/${'a'.repeat(64)}/memory.limit_in_bytes`]);
    expect(await limitAll()).toEqual([STEP]);
    expect(await Promise.all(files.map(read))).toEqual(['67108864', '67108864', '150000', '100']);
    expect(await read(`memory/docker/${'a'.repeat(64)}/memory.limit_in_bytes`)).toBe('-');
  });

  it('are found and limited in version 2, with systemd beside the containers, which stay as they are', async () => {
    const scope = `system.slice/docker-${STEP}.scope`;
    const container = `system.slice/docker-${'a'.repeat(64)}.scope/memory.max`;
    const files = ['memory.max', 'memory.swap.max', 'cpu.max', 'pids.max'].map((file) => `${scope}/${file}`);
    await addFiles(['cgroup.controllers', container, 'system.slice/cron.service/memory.max', ...files]);
    expect(await limitAll()).toEqual([`docker-${STEP}.scope`]);
    expect(await Promise.all(files.map(read))).toEqual(['67108864', '0', '150000 100000', '100']);
    expect(await read(container)).toBe('-');
  });

  it('are none where no engine keeps any, and one that is over is no failure', async () => {
    expect(await listStepGroups(root)).toEqual([]);
    await addFiles([`memory/docker/buildkit/${STEP}/memory.limit_in_bytes`]);
    const [group] = await listStepGroups(root);
    await rm(join(root, 'memory'), { recursive: true });
    await limitStepGroup(group!, LIMITS);
  });
});
