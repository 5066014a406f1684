import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { crc32, gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExtractOptions } from '../../../../services/builder/fetch/archive/archive-limits.ts';
import { extractZip, type ExtractReport } from '../../../../services/builder/fetch/archive/extract-zip.ts';
import { unpack } from '../../../../services/builder/fetch/archive/unpack.ts';
import { describeSurvey, surveyTree } from '../../../../services/builder/fetch/survey-tree.ts';
import { makeZip, type ZipPart } from '../../../support/zip.ts';

const SYMLINK = 0o120777;
const link = (name: string, data: string): ZipPart => ({ name, data, mode: SYMLINK, method: 0 });

/** The Unicode Path extra field (APPNOTE 4.6.9): version, checksum of the plain name, the name in UTF-8. */
const makeUnicodePath = (plain: Uint8Array, name: string): Buffer => {
  const head = Buffer.alloc(9);
  head.writeUInt16LE(0x7075, 0);
  head.writeUInt16LE(5 + Buffer.byteLength(name), 2);
  head.writeUInt8(1, 4);
  head.writeUInt32LE(crc32(Buffer.from(plain)), 5);
  return Buffer.concat([head, Buffer.from(name)]);
};

describe('extracting a zip', () => {
  let home = '';
  let into = '';
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'zip-'));
    into = join(home, 'into');
    await mkdir(into);
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  const limits = () => ({ into, maxBytes: 2 ** 26, maxEntries: 1000, signal: AbortSignal.timeout(20_000) });
  const extractBytes = async (bytes: Uint8Array, options: Partial<ExtractOptions> = {}): Promise<ExtractReport> => {
    await writeFile(join(home, 'archive.zip'), bytes);
    return extractZip(join(home, 'archive.zip'), { ...limits(), ...options });
  };
  const extract = (...parts: readonly ZipPart[]): Promise<ExtractReport> => extractBytes(makeZip(parts));
  const list = async (): Promise<readonly string[]> => (await readdir(into, { recursive: true })).sort();
  const refusal = (message: string | RegExp) => ({
    code: 'FETCH_ARCHIVE_INVALID',
    message: (typeof message === 'string'
      ? expect.stringContaining(message)
      : expect.stringMatching(message)) as string,
  });

  it('case 72: writes files with 0644 or 0755 and without setuid, links as links, and empty directories', async () => {
    await extract(
      { name: 'run', data: '#!/bin/sh', mode: 0o104755 },
      { name: 'secret', data: 'x'.repeat(100_000), mode: 0o100600 },
      { name: 'stored', data: 'as it is', method: 0 },
      { name: 'empty/', mode: 0o040000 },
      { name: 'dos', data: 'no mode', host: 0, mode: 0 },
      link('link', 'stored'),
    );
    expect(await list()).toEqual(['dos', 'empty', 'link', 'run', 'secret', 'stored']);
    expect((await lstat(join(into, 'run'))).mode & 0o7777).toBe(0o755);
    expect((await lstat(join(into, 'secret'))).mode & 0o7777).toBe(0o644);
    expect((await readFile(join(into, 'secret'))).length).toBe(100_000);
    expect(await readlink(join(into, 'link'))).toBe('stored');
    expect(await readFile(join(into, 'stored'), 'utf8')).toBe('as it is');
  });

  it.each<[string, readonly ZipPart[]]>([
    ['leads out', [{ name: '../escaped', data: 'x' }]],
    ['leads out by backslashes', [{ name: 'a\\..\\..\\escaped', data: 'x', host: 0 }]],
    ['is absolute', [{ name: '/escaped', data: 'x' }]],
    ['is on a drive', [{ name: 'C:\\escaped', data: 'x', host: 0 }]],
    ['has a NUL', [{ name: 'a\0b', data: 'x' }]],
    ['is a link out', [link('a', '../escaped')]],
    ['is an absolute link', [link('a', '/etc/passwd')]],
    ['is a link with a long target', [link('a', 'x'.repeat(5000))]],
    ['writes through a link', [link('a', '.'), { name: 'a/x', data: 'x' }]],
    ['writes over a link', [link('a', 'b'), { name: 'a', data: 'x' }]],
    [
      'comes twice',
      [
        { name: 'a', data: '1' },
        { name: './a', data: '2' },
      ],
    ],
    ['is a file and a directory', [{ name: 'a', data: '1' }, { name: 'a/' }]],
    ['is a device', [{ name: 'null', mode: 0o020666 }]],
    ['has no name', [{ name: '', data: 'x' }]],
  ])('case 72: refuses an entry that %s, and writes nothing outside', async (_what, parts) => {
    await expect(extract(...parts)).rejects.toMatchObject({ code: 'FETCH_ARCHIVE_INVALID' });
    expect((await readdir(home)).sort()).toEqual(['archive.zip', 'into']);
    await expect(lstat('/escaped')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('case 72: drops __MACOSX', async () => {
    await extract({ name: 'top/a', data: 'a' }, { name: '__MACOSX/top/._a', data: 'x' }, { name: '__MACOSX/' });
    expect(await list()).toEqual(['top', 'top/a']);
  });

  it.each([
    ['traditional', 0x801],
    ['strong', 0x841],
    ['that of the central directory', 0x2800],
  ])('case 72: refuses encryption (%s) and says so', async (_kind, flags) => {
    await expect(extract({ name: 'a', data: 'x'.repeat(20), flags })).rejects.toMatchObject(refusal(/encr/));
  });

  it('case 72: ends bombs: by stated size, by real size, by ratio, by overlap, by number of entries', async () => {
    const zeros = Buffer.alloc(20 * 2 ** 20);
    const small = { maxBytes: 2 ** 20 };
    const bomb = makeZip([{ name: 'zeros', data: zeros }]);
    await expect(extractBytes(bomb, small)).rejects.toMatchObject({ code: 'FETCH_TOO_LARGE' });
    expect(await list()).toEqual([]);
    const lying = makeZip([{ name: 'zeros', data: zeros, size: 10 }]);
    await expect(extractBytes(lying, small)).rejects.toMatchObject({ code: 'FETCH_ARCHIVE_INVALID' });
    expect((await lstat(join(into, 'zeros'))).size).toBeLessThan(2 ** 20);
    await rm(join(into, 'zeros'));
    await expect(extractBytes(bomb)).rejects.toMatchObject(refusal('times its size'));
    await rm(join(into, 'zeros'));
    const shared = { name: 'n', data: zeros.subarray(0, 2 ** 20) };
    const overlapping = Array.from({ length: 40 }, (_one, index) => ({
      ...shared,
      name: `n${index}`,
      overlaps: index > 0,
    }));
    await expect(extract(...overlapping)).rejects.toMatchObject(refusal('times its size'));
    const many = makeZip([{ name: 'a' }, { name: 'b' }, { name: 'c' }]);
    await expect(extractBytes(many, { maxEntries: 2 })).rejects.toMatchObject({ code: 'FETCH_TOO_LARGE' });
  });

  it('case 72: reads names that are not UTF-8 as code page 437, or from their Unicode field, and names them', async () => {
    const latin = Buffer.from([0x63, 0x61, 0x66, 0x82]);
    const other = Buffer.from([0x93, 0xfa]);
    const report = await extract(
      { name: latin, data: '437' },
      { name: other, data: 'field', extra: makeUnicodePath(other, '日.txt') },
      { name: Buffer.from('grüße'), data: 'UTF-8 without its flag', flags: 0 },
      { name: 'odd\n$(id)', data: 'x' },
    );
    expect(await list()).toEqual(['café', 'grüße', 'odd\n$(id)', '日.txt'].sort());
    expect(report.legacyNames).toEqual(['café', '日.txt']);
  });

  it('takes a backslash for a separator only where the archive comes from such a system', async () => {
    await extract({ name: 'a\\b.txt', data: 'x', host: 0 });
    expect(await list()).toEqual(['a', 'a/b.txt']);
    await expect(extract({ name: 'c\\d.txt', data: 'x' })).rejects.toMatchObject(refusal('backslash'));
  });

  it('names what is damaged: cut off, a wrong checksum, another compression, or no archive at all', async () => {
    const whole = makeZip([{ name: 'a', data: 'abc'.repeat(9999) }]);
    for (const bytes of [whole.subarray(0, -9), whole.subarray(9), Buffer.from('not an archive'), Buffer.alloc(0)])
      await expect(extractBytes(bytes)).rejects.toMatchObject(refusal('damaged'));
    await expect(extract({ name: 'x', data: 'abc', crc: 1 })).rejects.toMatchObject(refusal('checksum'));
    await expect(extract({ name: 'y', data: 'abc', method: 12 })).rejects.toMatchObject(refusal('method 12'));
  });

  it('ends with the reason of the signal', async () => {
    const reason = new Error('nobody waits any more');
    const bytes = makeZip([{ name: 'a', data: 'a' }]);
    await expect(extractBytes(bytes, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  describe('that is all of a record', () => {
    const unpackBytes = async (bytes: Uint8Array, name = 'code.zip') => {
      await writeFile(join(home, 'download'), bytes);
      const { directory, notices } = await unpack(join(home, 'download'), name, {
        ...limits(),
        into: join(home, 'content'),
      });
      const names = (await readdir(directory, { recursive: true })).sort();
      return { top: directory.slice(home.length + 1), names, notices };
    };

    it('case 72: keeps a single file', async () => {
      const { top, names } = await unpackBytes(makeZip([{ name: 'only.ipynb', data: '{}' }]));
      expect({ top, names }).toEqual({ top: 'content', names: ['only.ipynb'] });
    });

    it('case 72: enters a single directory, once, and loses nothing of a/a', async () => {
      const parts = [
        { name: 'a/a/x', data: 'x' },
        { name: '__MACOSX/._a', data: '' },
      ];
      expect(await unpackBytes(makeZip(parts))).toMatchObject({ top: 'content/a', names: ['a', 'a/x'] });
    });

    it('case 72: does not enter a directory that has something beside it', async () => {
      const parts = [
        { name: 'a/x', data: 'x' },
        { name: 'b', data: 'b' },
      ];
      expect(await unpackBytes(makeZip(parts))).toMatchObject({ top: 'content', names: ['a', 'a/x', 'b'] });
    });

    it('is not entered by a link', async () => {
      expect(await unpackBytes(makeZip([link('a', 'b')]))).toMatchObject({ top: 'content', names: ['a'] });
    });

    it('may be a tar, packed or not, or empty', async () => {
      const tar = pack();
      tar.entry({ name: 'top/x' }, 'x');
      tar.finalize();
      const bytes = await buffer(tar);
      expect(await unpackBytes(bytes, 'code.tar')).toMatchObject({ top: 'content/top', names: ['x'] });
      await rm(join(home, 'content'), { recursive: true });
      expect(await unpackBytes(gzipSync(bytes), 'code.tgz')).toMatchObject({ top: 'content/top', names: ['x'] });
      await rm(join(home, 'content'), { recursive: true });
      expect(await unpackBytes(makeZip([]))).toMatchObject({ top: 'content', names: [] });
    });

    it('case 72: says how names were read that are not UTF-8', async () => {
      const { notices } = await unpackBytes(makeZip([{ name: Buffer.from([0x82]), data: '' }]));
      expect(notices).toEqual(['Unpacked code.zip', 'Not UTF-8, and read as code page 437: "é"']);
    });

    it('case 74: keeps names that differ by case alone, which the log reports', async () => {
      const { top } = await unpackBytes(
        makeZip([
          { name: 'README', data: '1' },
          { name: 'readme', data: '2' },
        ]),
      );
      const survey = describeSurvey(await surveyTree(join(home, top)));
      expect(survey).toEqual([expect.stringMatching(/^1 name differs from another one by case alone \("readme"\)/)]);
    });
  });
});
