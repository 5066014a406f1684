import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { fromBufferPromise } from 'yauzl';
import { describe, expect, it } from 'vitest';
import { isLinkInside } from '../../../../services/launcher/sessions/work/link-inside.ts';
import { zipTar } from '../../../../services/launcher/sessions/work/zip-tar.ts';

const LIMITS = { bytes: 1_000_000, entries: 100 };

type Entry = Parameters<ReturnType<typeof pack>['entry']>[0] & { readonly text?: string };

const makeTar = (entries: readonly Entry[]): Readable => {
  const tar = pack();
  for (const { text = '', ...header } of entries) tar.entry(header, text);
  tar.finalize();
  return Readable.from(tar);
};

const readZip = async (archive: Buffer): Promise<Record<string, { readonly text: string; readonly mode: number }>> => {
  const zip = await fromBufferPromise(archive);
  const files: Record<string, { text: string; mode: number }> = {};
  for await (const entry of zip.eachEntry()) {
    const text = entry.fileName.endsWith('/') ? '' : String(await buffer(await zip.openReadStreamPromise(entry)));
    files[entry.fileName] = { text, mode: entry.externalFileAttributes >>> 16 };
  }
  return files;
};

describe('the work of a session as a zip archive', () => {
  it('has files with their modes, directories and links inside, below no directory of its own', async () => {
    const tar = makeTar([
      { name: 'jovyan/', type: 'directory' },
      { name: 'jovyan/data/', type: 'directory' },
      { name: 'jovyan/data/été 1.txt', text: 'summer', mode: 0o600 },
      { name: 'jovyan/run.sh', text: '#!/bin/sh\n', mode: 0o755 },
      { name: 'jovyan/link', type: 'symlink', linkname: 'data/été 1.txt' },
    ]);
    const files = await readZip(await buffer(zipTar(tar, LIMITS)));
    expect(Object.keys(files)).toEqual(['data/', 'data/été 1.txt', 'run.sh', 'link']);
    expect(files['data/été 1.txt']).toEqual({ text: 'summer', mode: 0o100600 });
    expect(files['run.sh']?.mode).toBe(0o100755);
    expect(files['link']).toEqual({ text: 'data/été 1.txt', mode: 0o120777 });
  });

  it('leaves out what leads out of it or is no file, and gives every name one that unpacks safely', async () => {
    const tar = makeTar([
      { name: 'jovyan/out', type: 'symlink', linkname: '../../etc/passwd' },
      { name: 'jovyan/absolute', type: 'symlink', linkname: '/etc/passwd' },
      { name: 'jovyan/pipe', type: 'fifo' },
      { name: 'jovyan/device', type: 'character-device' },
      { name: 'jovyan/C:\\odd', text: 'kept' },
    ]);
    const files = await readZip(await buffer(zipTar(tar, LIMITS)));
    expect(Object.keys(files)).toEqual(['C__odd']);
  });

  it.each([
    ['bytes', { bytes: 10, entries: 100 }],
    ['files', { bytes: 1000, entries: 1 }],
  ])('breaks off beyond its limit of %s, so that nobody takes a part for the whole', async (_what, limits) => {
    const tar = makeTar([
      { name: 'jovyan/a', text: 'aaaaaaaa' },
      { name: 'jovyan/b', text: 'bbbbbbbb' },
    ]);
    await expect(buffer(zipTar(tar, limits))).rejects.toMatchObject({ code: 'SESSION_WORK_TOO_LARGE' });
    expect(tar.destroyed).toBe(true);
  });

  it.each([
    ['a', 'b', true],
    ['a/b', '../c', true],
    ['a/b', '../../c', false],
    ['a', '..', false],
    ['a', './..', false],
    ['a', '/a', false],
    ['a', '', false],
    ['a', '..b', true],
  ])('finds a link %s to %s inside: %s', (name, target, isInside) => {
    expect(isLinkInside(name, target)).toBe(isInside);
  });
});
