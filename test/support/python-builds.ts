import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { existsSync, globSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startFileServer, type FileServer } from './file-server.ts';

/** A Python of this machine that can be packed: where it is installed, and its full version. */
export type LocalPython = { readonly prefix: string; readonly version: string };

/** Versions that Debian 12 and 13 do not have, so that no base would get them from there. */
const WANTED = ['3.12', '3.10', '3.14', '3.9'];

const readVersion = async (program: string): Promise<string> => {
  const { stdout } = await execa(program, ['-c', 'import platform; print(platform.python_version())'], {
    reject: false,
  });
  return stdout ?? '';
};

/** Finds a Python that pyenv or somebody else built on this machine in a directory of its own. */
export const findLocalPython = async (): Promise<LocalPython | undefined> => {
  const root = process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv');
  for (const minor of WANTED)
    for (const program of globSync(`{${root}/versions/*,/opt/*,/usr/local}/bin/python${minor}`)) {
      const prefix = dirname(dirname(program));
      const version = await readVersion(program);
      if (version.startsWith(`${minor}.`) && existsSync(join(prefix, 'lib', `python${minor}`, 'os.py')))
        return { prefix, version };
    }
  return undefined;
};

/** A program that was told to find its library in one place finds it beside itself, wherever it is moved to. */
const makeMovable = async (program: string, prefix: string): Promise<void> => {
  const bytes = await readFile(program);
  const fixed = Buffer.from(`${prefix}/lib\0`);
  const at = bytes.indexOf(fixed);
  if (at === -1) return;
  const movable = Buffer.alloc(fixed.length);
  movable.write('$ORIGIN/../lib');
  await writeFile(program, bytes.fill(movable, at, at + fixed.length));
};

const DATE = '20240107';
const LEFT_OUT = /\/(?:__pycache__|test|idlelib|turtledemo|config-[^/]*|site-packages\/[^/]*)$/;

const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

/** Packs a Python in the layout of the builds that uv installs: everything below `python/`. */
const packPython = async ({ prefix, version }: LocalPython, directory: string): Promise<string> => {
  const python = `python${version.split('.', 2).join('.')}`;
  const parts = [
    `bin/${python}`,
    `lib/${python}`,
    ...globSync(['lib/libpython3*', 'include/python3*'], { cwd: prefix }),
  ];
  for (const part of parts)
    await cp(join(prefix, part), join(directory, 'python', part), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !LEFT_OUT.test(source),
    });
  await symlink(python, join(directory, 'python/bin/python3'));
  await makeMovable(join(directory, 'python/bin', python), prefix);
  const archive = join(directory, `cpython-${version}+${DATE}-${machine}-unknown-linux-gnu-install_only.tar.gz`);
  await execa('tar', ['--use-compress-program=gzip -1', '-cf', archive, '-C', directory, 'python']);
  return archive;
};

/** Builds of Python on a server that is a mirror, and the list of what it has, as the settings name it. */
export type PythonBuilds = FileServer & { readonly downloads: string };

/** Where uv believes its builds come from; a mirror stands for it. */
const OFFICIAL = 'https://github.com/astral-sh/python-build-standalone/releases/download';

/** The list in the form of uv's own. */
const describeBuild = ({ version }: LocalPython, name: string, sha256: string) => {
  const [major, minor, patch] = version.split('.').map(Number);
  return {
    [`cpython-${version}-linux-${machine}-gnu`]: {
      name: 'cpython',
      arch: { family: machine, variant: null },
      os: 'linux',
      libc: 'gnu',
      major,
      minor,
      patch,
      prerelease: '',
      url: `${OFFICIAL}/${DATE}/${encodeURIComponent(name)}`,
      sha256,
      variant: null,
      build: DATE,
    },
  };
};

/** Packs a Python of this machine and serves it on `address` as a mirror of uv's builds does, with its list. */
export const startPythonBuilds = async (address: string, python: LocalPython): Promise<PythonBuilds> => {
  const directory = await mkdtemp(join(tmpdir(), 'python-builds-'));
  const archive = await packPython(python, directory);
  const bytes = await readFile(archive);
  const name = archive.slice(directory.length + 1);
  const list = describeBuild(python, name, createHash('sha256').update(bytes).digest('hex'));
  const files = new Map<string, string | Buffer>([
    ['/downloads.json', JSON.stringify(list)],
    [`/${DATE}/${name}`, bytes],
  ]);
  const server = await startFileServer(address, files);
  return {
    ...server,
    downloads: `${server.url}/downloads.json`,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
};
