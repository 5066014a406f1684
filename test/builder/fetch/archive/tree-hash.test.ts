import { execa } from 'execa';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashTree } from '../../../../services/builder/fetch/archive/tree-hash.ts';

describe('the hash of a tree', () => {
  let home = '';
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'tree-hash-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it('is the one that Git gives', async () => {
    const [tree, git] = [join(home, 'tree'), join(home, 'git')];
    await mkdir(join(tree, 'a'), { recursive: true });
    await writeFile(join(tree, 'a', 'x'), 'x\r\n');
    await writeFile(join(tree, 'a.txt'), 'before a/, because of the dot');
    await writeFile(join(tree, 'a0'), 'after a/');
    await writeFile(join(tree, 'grüße\n'), '');
    await writeFile(Buffer.concat([Buffer.from(`${tree}/caf`), Buffer.from([0xe9])]), 'latin');
    await writeFile(join(tree, 'run'), '#!/bin/sh', { mode: 0o755 });
    await symlink('a/x', join(tree, 'link'));
    const run = (...args: string[]) =>
      execa('git', ['--git-dir', git, '--work-tree', tree, ...args], { env: { GIT_CONFIG_GLOBAL: '/dev/null' } });
    await run('init', '--quiet');
    await run('-c', 'core.autocrlf=false', 'add', '--all');
    expect(await hashTree(tree)).toBe((await run('write-tree')).stdout);
  });

  it('knows the empty tree', async () => {
    expect(await hashTree(home)).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
  });
});
