import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLock } from '../../services/cli/read-lock.ts';

const LOCK = {
  version: 1,
  recipe: '1',
  platform: 'linux/amd64',
  interpreter: null,
  wish: 'w',
  base: { key: 'b', debian: [], python: [] },
  debian: [],
  python: [{ name: 'six', version: '1.17.0' }],
};

describe('a lock file', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lock-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const read = async (text: string): Promise<unknown> => {
    const file = join(directory, 'lock.json');
    await writeFile(file, text);
    return readLock(file);
  };

  it('is read as inspect printed it', async () => {
    expect(await read(JSON.stringify(LOCK))).toEqual(LOCK);
  });

  it.each([
    ['not JSON', 'cannot be read as a lock'],
    [JSON.stringify({ ...LOCK, wish: undefined }), 'is not a lock'],
    [JSON.stringify({ ...LOCK, python: [{ name: 'a\n--index-url', version: '1' }] }), 'python/0/name'],
    [JSON.stringify({ ...LOCK, python: [{ name: 'a', version: '1 --pre' }] }), 'python/0/version'],
    [JSON.stringify({ ...LOCK, debian: [{ name: '-oX', version: '1', architecture: 'all' }] }), 'debian/0/name'],
    [JSON.stringify({ ...LOCK, python: [{ name: 'a', version: '1', git: 'https://u:p@h/x' }] }), 'python/0/git'],
  ])('is refused with what is wrong in it: %s', async (text, message) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'LOCK_INVALID',
      message: expect.stringContaining(message) as string,
    });
  });

  it('is refused when it is not there', () => {
    expect(() => readLock(join(directory, 'absent'))).toThrow(expect.objectContaining({ code: 'LOCK_INVALID' }));
  });
});
