import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDirectoryRepositoryFiles } from '../../../services/builder/detect/directory-repository-files.ts';
import { readDockerIgnore } from '../../../services/builder/image/docker-ignore.ts';
import { walkTree } from '../../../services/builder/image/walk-tree.ts';

describe('.dockerignore', () => {
  let home = '';
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'docker-ignore-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const write = async (files: Readonly<Record<string, string | Uint8Array>>): Promise<void> => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(home, path)), { recursive: true });
      await writeFile(join(home, path), text);
    }
  };
  const list = async (dockerfile = 'Dockerfile'): Promise<string[]> => {
    const filter = readDockerIgnore(createDirectoryRepositoryFiles(home), dockerfile);
    const paths: string[] = [];
    for await (const entry of walkTree(home, filter)) if (entry.kind !== 'directory') paths.push(entry.path);
    return paths;
  };
  const FILES = { Dockerfile: '', 'a.txt': '', 'data/big.bin': '', 'data/keep.txt': '', 'sub/x.tmp': '', 'x.tmp': '' };

  it('keeps everything where there is none', async () => {
    await write(FILES);
    expect(readDockerIgnore(createDirectoryRepositoryFiles(home), 'Dockerfile')).toBeUndefined();
    expect(await list()).toEqual(Object.keys(FILES).sort());
  });

  it('leaves out what it names, with comments, exceptions and patterns that start at the top', async () => {
    await write({ ...FILES, '.dockerignore': '\ufeff# comment\r\n\r\ndata\r\n!data/keep.txt\r\n*.tmp\r\n' });
    expect(await list()).toEqual(['.dockerignore', 'Dockerfile', 'a.txt', 'data/keep.txt', 'sub/x.tmp']);
  });

  it('always sends the Dockerfile', async () => {
    await write({ ...FILES, 'binder/Dockerfile': '', 'binder/other': '', '.dockerignore': '*\n' });
    expect(await list()).toEqual(['Dockerfile']);
    expect(await list('binder/Dockerfile')).toEqual(['binder/Dockerfile']);
  });

  it('is the one of the Dockerfile, where it has its own', async () => {
    await write({ ...FILES, '.dockerignore': 'a.txt', 'Dockerfile.dockerignore': 'data' });
    expect(await list()).toContain('a.txt');
    expect(await list()).not.toContain('data/keep.txt');
  });

  it('is not read where it leads outside, and must be text', async () => {
    await symlink('/etc/passwd', join(home, '.dockerignore'));
    expect(readDockerIgnore(createDirectoryRepositoryFiles(home), 'Dockerfile')).toBeUndefined();
    await write({ 'Dockerfile.dockerignore': new Uint8Array([0, 1, 2]) });
    await expect(list()).rejects.toMatchObject({ code: 'DETECT_FILE_UNREADABLE' });
  });

  it('names the line that is no pattern', async () => {
    await write({ ...FILES, '.dockerignore': 'data\n\n[z-a]\n' });
    await expect(list()).rejects.toMatchObject({
      code: 'DETECT_DOCKERIGNORE_INVALID',
      message: '.dockerignore, line 3: "[z-a]" is not a pattern.',
    });
  });

  it('cannot be longer than every path could be compared with', async () => {
    await write({ ...FILES, '.dockerignore': 'a\n'.repeat(1001) });
    await expect(list()).rejects.toMatchObject({ code: 'DETECT_DOCKERIGNORE_INVALID' });
  });
});
