import { lstat, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack, type Header } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExtractOptions } from '../../../../services/builder/fetch/archive/archive-limits.ts';
import { extractTar } from '../../../../services/builder/fetch/archive/extract-tar.ts';

type Part = Partial<Header> & { readonly name: string; readonly text?: string };

const makeTar = async (parts: readonly Part[]): Promise<Buffer> => {
  const tar = pack();
  for (const { text = '', ...header } of parts) tar.entry(header, text);
  tar.finalize();
  return gzipSync(await buffer(tar));
};

describe('extracting a tar', () => {
  let into = '';
  beforeEach(async () => {
    into = await mkdtemp(join(tmpdir(), 'extract-'));
  });
  afterEach(() => rm(into, { recursive: true, force: true }));

  const extractBytes = (bytes: Buffer, options: Partial<ExtractOptions> = {}): Promise<void> => {
    const limits = { into, maxBytes: 2 ** 26, maxEntries: 1000, signal: AbortSignal.timeout(20_000) };
    return extractTar(Readable.from([bytes]), { ...limits, isGzipped: true, ...options });
  };
  const extract = async (parts: readonly Part[], options: Partial<ExtractOptions> = {}): Promise<void> =>
    extractBytes(await makeTar(parts), options);

  it('writes files with 0644 or 0755 and without setuid, links as links, and empty directories', async () => {
    await extract([
      { name: 'top/run', mode: 0o4755, text: '#!/bin/sh' },
      { name: 'top/secret', mode: 0o600, text: 'x'.repeat(100_000) },
      { name: 'top/empty/', type: 'directory', mode: 0 },
      { name: 'top/link', type: 'symlink', linkname: 'run' },
      { name: 'top/same', type: 'link', linkname: 'top/secret' },
    ]);
    expect((await readdir(join(into, 'top'))).sort()).toEqual(['empty', 'link', 'run', 'same', 'secret']);
    expect((await lstat(join(into, 'top/run'))).mode & 0o7777).toBe(0o755);
    expect((await lstat(join(into, 'top/secret'))).mode & 0o7777).toBe(0o644);
    expect((await readFile(join(into, 'top/same'))).length).toBe(100_000);
    expect(await readlink(join(into, 'top/link'))).toBe('run');
  });

  it.each<[string, readonly Part[]]>([
    ['leads out', [{ name: '../escaped', text: 'x' }]],
    [
      'writes through a link',
      [
        { name: 'a', type: 'symlink', linkname: '.' },
        { name: 'a/x', text: 'x' },
      ],
    ],
    ['is a device', [{ name: 'null', type: 'character-device', devmajor: 1, devminor: 3 }]],
  ])('refuses an entry that %s, and writes nothing outside', async (_what, parts) => {
    await expect(extract(parts)).rejects.toMatchObject({ code: 'FETCH_ARCHIVE_INVALID' });
    await expect(lstat(join(into, '..', 'escaped'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('ends a bomb, by its size and by its ratio', async () => {
    const zeros = '\0'.repeat(20 * 2 ** 20);
    await expect(extract([{ name: 'zeros', text: zeros }], { maxBytes: 2 ** 20 })).rejects.toMatchObject({
      code: 'FETCH_TOO_LARGE',
    });
    await expect(extract([{ name: 'bomb', text: zeros }])).rejects.toMatchObject({
      code: 'FETCH_ARCHIVE_INVALID',
      message: expect.stringContaining('times its size') as string,
    });
    await expect(extract([{ name: 'a' }, { name: 'b' }], { maxEntries: 1 })).rejects.toMatchObject({
      code: 'FETCH_TOO_LARGE',
    });
  });

  it('names what is damaged: cut off, or no archive at all', async () => {
    const whole = await makeTar([{ name: 'a', text: 'abc'.repeat(9999) }]);
    for (const bytes of [whole.subarray(0, -20), Buffer.from('not an archive'), gzipSync('no tar'.repeat(500))])
      await expect(extractBytes(bytes)).rejects.toMatchObject({
        code: 'FETCH_ARCHIVE_INVALID',
        message: expect.stringContaining('damaged') as string,
      });
  });

  it('ends with the reason of the signal', async () => {
    const stop = new AbortController();
    const reason = new Error('nobody waits any more');
    const endless = new Readable({ read: () => undefined });
    setTimeout(() => stop.abort(reason), 50);
    const options = { into, maxBytes: 2 ** 20, maxEntries: 10, signal: stop.signal, isGzipped: true };
    await expect(extractTar(endless, options)).rejects.toBe(reason);
  });
});
