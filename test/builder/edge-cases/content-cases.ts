import { execa } from 'execa';
import { chmod, link, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { createContentTar } from '../../../services/builder/image/content-tar.ts';
import { createHash } from 'node:crypto';
import type { EdgeCase } from './edge-case.ts';
import type { Built, Tools } from './tools.ts';

const ODD_NAMES = ['with blank', 'quote"\'s', 'line\nbreak', '$HOME', 'grüße', '-rf', '#hash', 'back\\slash', '%41'];

const writeOddTree = async (directory: string): Promise<void> => {
  const at = (name: string): string => join(directory, name);
  for (const name of ODD_NAMES) await writeFile(at(name), name);
  await writeFile(Buffer.concat([Buffer.from(`${directory}/raw-`), Buffer.from([0xff])]), 'raw');
  await mkdir(at('empty'));
  await symlink('nowhere', at('dangling'));
  await symlink('/etc/hostname', at('absolute'));
  await symlink('../../outside', at('outside'));
  await symlink('loop', at('loop'));
  await writeFile(at('original'), 'shared');
  await link(at('original'), at('hard'));
  await writeFile(at('program'), '#!/bin/sh\n');
  await chmod(at('program'), 0o4755);
  await execa('mkfifo', [at('pipe')]);
  const socket = createServer().listen(at('socket'));
  await new Promise((resolve) => socket.once('listening', resolve));
  // Closing a server removes its socket, so the name is kept by a link to the same file.
  await link(at('socket'), at('left-socket'));
  await new Promise((resolve) => socket.close(resolve));
  await writeFile(at('private'), 'private', { mode: 0o600 });
  await mkdir(at('.git'));
  await writeFile(at('.git/config'), '[core]\n');
  await writeFile(at('README'), 'upper');
  await writeFile(at('readme'), 'lower');
};

/** One image of a directory that has everything that directories should not have. */
const buildOddTree = (tools: Tools): Promise<Built> =>
  tools.once('odd tree', async () => {
    const directory = await tools.directory();
    await writeOddTree(directory);
    return tools.buildDirectory(directory);
  });

const inOddTree = async (tools: Tools, script: string): Promise<string> => {
  const { image } = await buildOddTree(tools);
  return (await tools.run(image, ['sh', '-c', script])).output;
};

const digestOf = async (directory: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createContentTar([{ kind: 'tree', directory, prefix: '' }], 0))
    hash.update(chunk as Buffer);
  return hash.digest('hex');
};

/** The files of a repository, whatever they are called and are. */
export const CONTENT_CASES: readonly EdgeCase[] = [
  {
    number: 59,
    title: 'file names have blanks, quotes, line breaks, dollars and dashes',
    verify: async (tools) => {
      const print = 'import os, json; print(json.dumps({n: open(n).read() for n in json.loads(os.environ["NAMES"])}))';
      const names = JSON.stringify(ODD_NAMES).replaceAll("'", `'\\''`);
      const output = await inOddTree(tools, `NAMES='${names}' python -c '${print}'`);
      expect(JSON.parse(output)).toEqual(Object.fromEntries(ODD_NAMES.map((name) => [name, name])));
    },
  },
  {
    number: 60,
    title: 'a file name is not UTF-8',
    verify: async (tools) => {
      expect(await inOddTree(tools, 'cat raw-*')).toBe('raw');
    },
  },
  {
    number: 61,
    title: 'links dangle, leave the repository or go in circles, and are never followed here',
    verify: async (tools) => {
      const output = await inOddTree(tools, 'for one in dangling absolute outside loop; do readlink $one; done');
      expect(output.split('\n')).toEqual(['nowhere', '/etc/hostname', '../../outside', 'loop']);
      for (const target of ['/etc/passwd', '../outside', 'requirements.txt'])
        expect(tools.refusal({ 'requirements.txt': { link: target } }).code).toBe('DETECT_FILE_UNREADABLE');
    },
  },
  {
    number: 62,
    title: 'there are hard links, programs that would change the user, pipes and sockets',
    verify: async (tools) => {
      const output = await inOddTree(tools, 'cat hard; stat -c " %a" program; ls pipe left-socket 2>/dev/null | wc -l');
      expect(output.split('\n')).toEqual(['shared 775', '0']);
    },
  },
  {
    number: 63,
    title: 'files are private to whoever fetched them',
    verify: async (tools) => {
      expect(await inOddTree(tools, 'stat -c "%a %U" private')).toBe('664 jovyan');
      const [one, other] = [await tools.directory(), await tools.directory()];
      for (const [directory, mode] of [
        [one, 0o600],
        [other, 0o664],
      ] as const) {
        await writeFile(join(directory, 'requirements.txt'), 'six\n');
        await chmod(join(directory, 'requirements.txt'), mode);
      }
      expect(await digestOf(one)).toBe(await digestOf(other));
    },
  },
  {
    number: 64,
    title: 'a directory is empty',
    verify: async (tools) => {
      expect(await inOddTree(tools, 'stat -c %F empty')).toBe('directory');
    },
  },
  {
    number: 65,
    title: 'the directory has its Git history, or a pointer to one',
    verify: async (tools) => {
      expect(await inOddTree(tools, 'ls -d .git 2>&1 | grep -c "cannot access"')).toBe('1');
      const pointer = await tools.build({ '.git': 'gitdir: /somewhere/else\n', 'a.txt': 'a' });
      expect((await tools.run(pointer.image, ['ls', '-A'])).output).not.toMatch(/^\.git$/m);
    },
  },
  {
    number: 74,
    title: 'names differ by case alone',
    verify: async (tools) => {
      expect(await inOddTree(tools, 'cat README readme')).toBe('upperlower');
      const server = await tools.git();
      const { log } = await tools.buildGit(await server.createRepository('case', { README: 'upper', readme: 'lower' }));
      expect(log).toMatch(/name differs from another one by case alone \("readme"\)|differs .* by case alone/);
    },
  },
  {
    number: 75,
    title: 'files of the repository are configuration of programs, because its directory is the home',
    verify: async (tools) => {
      const { image, result } = await tools.once('dotfiles', () =>
        tools.build({
          'pip.conf': '[global]\nindex-url = https://nowhere.invalid/simple\n',
          '.config/pip/pip.conf': '[global]\nindex-url = https://nowhere.invalid/simple\n',
          '.config/uv/uv.toml': 'index-url = "https://nowhere.invalid/simple"\n',
          'uv.toml': 'index-url = "https://nowhere.invalid/simple"\n',
          '.local/bin/mine': { text: '#!/bin/sh\necho mine\n', mode: 0o755 },
          '.local/lib/python3.13/site-packages/sitecustomize.py': 'raise SystemExit("from the repository")\n',
          '.npmrc': 'registry=https://nowhere.invalid/\n',
          'requirements.txt': 'six\n-e .\n',
          'setup.py': 'from setuptools import setup\nsetup(name="near", py_modules=["near"])\n',
          'near.py': '',
        }),
      );
      // Installing does not look at them; in the session they are the author's.
      expect(result).toMatchObject({ ok: true });
      expect((await tools.run(image, ['mine'])).output).toBe('mine');
      expect(await readFile(join(import.meta.dirname, '../../../docs/user/repositories.md'), 'utf8')).toMatch(
        /\.local\/bin/,
      );
    },
  },
  {
    number: 76,
    title: 'files of the repository are called like modules that tools import',
    verify: async (tools) => {
      const shadow = 'raise SystemExit("the file of the repository was imported")\n';
      const { result } = await tools.build({
        'random.py': shadow,
        'compileall.py': shadow,
        'setuptools/__init__.py': shadow,
        'jupyter.py': shadow,
        'requirements.txt': 'six\n./near\n',
        'near/pyproject.toml':
          '[project]\nname = "near"\nversion = "1"\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[tool.setuptools]\npy-modules = []\n',
      });
      expect(result).toMatchObject({ ok: true });
    },
  },
];
