import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createContentTar } from '../../../services/builder/image/content-tar.ts';

const TIME = 1_714_564_800;

const listTar = async (bytes: Buffer): Promise<Header[]> => {
  const reader = extract();
  reader.end(bytes);
  const headers: Header[] = [];
  for await (const entry of reader) {
    headers.push(entry.header);
    entry.resume();
  }
  return headers;
};

describe('content tar', () => {
  let home = '';
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'content-tar-'));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const read = (directory: string, prefix = ''): Promise<Buffer> =>
    buffer(createContentTar([{ kind: 'tree', directory, prefix }], TIME));

  it('gives the same bytes for two checkouts made under different umasks', async () => {
    const script =
      'umask $0 && mkdir -p "$1/b" && printf a > "$1/a" && printf "#!/bin/sh" > "$1/b/run" && chmod u+x "$1/b/run"';
    const hashes = await Promise.all(
      ['0022', '0077'].map(async (umask) => {
        await execa('sh', ['-c', script, umask, join(home, umask)]);
        return createHash('sha256')
          .update(await read(join(home, umask)))
          .digest('hex');
      }),
    );
    expect(hashes[0]).toBe(hashes[1]);
  });

  it('gives everything to the user of sessions, at the time of the commit, sorted, without .git', async () => {
    await mkdir(join(home, '.git'));
    await writeFile(join(home, '.git', 'config'), 'x');
    await writeFile(join(home, 'b'), 'b', { mode: 0o600 });
    await writeFile(join(home, 'Z'), 'z', { mode: 0o4777 });
    const headers = await listTar(await read(home));
    expect(headers.map(({ name }) => name)).toEqual(['./', 'Z', 'b']);
    expect(headers.map(({ mode }) => mode)).toEqual([0o775, 0o775, 0o664]);
    expect(new Set(headers.map(({ uid, gid }) => `${uid}:${gid}`))).toEqual(new Set(['1000:0']));
    expect(new Set(headers.map(({ mtime }) => mtime.getTime()))).toEqual(new Set([TIME * 1000]));
  });

  it('keeps links as links and leaves special files out', async () => {
    await symlink('/etc/passwd', join(home, 'out'));
    await symlink('x'.repeat(200), join(home, 'long'));
    await execa('mkfifo', [join(home, 'pipe')]);
    const headers = await listTar(await read(home));
    expect(headers.map(({ name, type, linkname }) => [name, type, linkname])).toEqual([
      ['./', 'directory', null],
      ['long', 'symlink', 'x'.repeat(200)],
      ['out', 'symlink', '/etc/passwd'],
    ]);
  });

  it('carries odd and long names, as GNU tar reads them', async () => {
    const names = ['-rf', 'a\nb', 'ü "$(id)"', 'n'.repeat(250)];
    for (const name of names) await writeFile(join(home, name), name);
    const target = await mkdtemp(join(tmpdir(), 'content-untar-'));
    await execa('tar', ['-x', '-C', target, '--no-same-owner'], { input: await read(home) });
    const { stdout } = await execa('diff', ['-r', home, target]);
    await rm(target, { recursive: true });
    expect(stdout).toBe('');
  });

  it('does not stumble over a name that is not UTF-8', async () => {
    await execa('sh', ['-c', 'printf x > "$(printf "caf\\351")"'], { cwd: home });
    const headers = await listTar(await read(home));
    expect(headers.map(({ name }) => name)).toEqual(['./', 'caf\uFFFD']);
  });

  it('puts a tree under a prefix beside texts', async () => {
    await writeFile(join(home, 'a'), '');
    const parts = [
      { kind: 'tree', directory: home, prefix: 'content/' },
      { kind: 'text', path: 'Dockerfile', text: 'FROM x\n' },
    ] as const;
    const headers = await listTar(await buffer(createContentTar(parts, TIME)));
    expect(headers.map(({ name }) => name)).toEqual(['content/', 'content/a', 'Dockerfile']);
  });

  it('reads no faster than it is read, and closes its file when it is destroyed', async () => {
    await using file = await open(join(home, 'large'), 'w');
    await file.truncate(64 * 2 ** 20);
    const tar = createContentTar([{ kind: 'tree', directory: home, prefix: '' }], TIME);
    const before = process.memoryUsage().rss;
    await new Promise((resolve) => void tar.once('readable', resolve));
    await new Promise((resolve) => void setTimeout(resolve, 200));
    expect(process.memoryUsage().rss - before).toBeLessThan(48 * 2 ** 20);
    tar.destroy();
    await finished(tar).catch(() => undefined);
    await expect
      .poll(async () => (await execa('ls', ['-l', `/proc/${process.pid}/fd`])).stdout.split('large').length)
      .toBe(2);
  });

  it('fails, and does not hang, when the directory is not there', async () => {
    await expect(read(join(home, 'absent'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
