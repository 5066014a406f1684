import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readRecord } from '../../../services/builder/record/read-record.ts';
import { renderRecord } from '../../../services/cli/render-record.ts';
import { LABELS } from '../../../services/contracts/labels.ts';
import { createMemoryImageStore } from '../../support/memory-image-store.ts';

const NAME = 'test/a:1';
const LIBC = { name: 'libc6', version: '2.41-1', architecture: 'amd64' };
const TREE = { name: 'tree', version: '2.2', architecture: 'amd64' };
const UV = { name: 'uv', version: '0.13' };
const COMMIT = 'c'.repeat(40);
const GIT = { name: 'x', version: '1', git: 'https://example.org/x', commit: COMMIT };
const FACTS = { version: 1, recipe: '1', platform: 'linux/amd64', interpreter: '3.13.5' };
const BASE = { ...FACTS, debian: [LIBC], python: [UV] };
const WHOLE = { ...FACTS, base: { key: 'b', debian: [LIBC], python: [UV] }, debian: [TREE], python: [GIT] };

const createStore = (files: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>) => {
  const store = createMemoryImageStore();
  const content = new Map(
    Object.entries(files).map(([name, text]) => [`/srv/slipway/${name}`, Buffer.from(text)] as const),
  );
  store.images.set(NAME, { digest: 'sha256:1', labels, bytes: 1, files: [], env: {}, content });
  return store;
};

describe('the record of an image', () => {
  const labels = { [LABELS.kind]: 'commit', [LABELS.wish]: 'w' };

  it('is undefined for an image that is not there', async () => {
    expect(await readRecord(createMemoryImageStore(), NAME)).toBeUndefined();
  });

  it('has the lock with what it was made for', async () => {
    const record = await readRecord(
      createStore({ 'lock.json': JSON.stringify(WHOLE), 'sbom.json': '{}' }, labels),
      NAME,
    );
    expect(record).toEqual({ labels, lock: { ...WHOLE, wish: 'w' }, bill: '{}' });
  });

  it('has the lock of the base, and nothing beyond it, where nothing was installed', async () => {
    const text = JSON.stringify(BASE);
    const record = await readRecord(createStore({ 'lock.json': text }, labels), NAME);
    const key = createHash('sha256').update(text).digest('hex');
    const base = { key, debian: [LIBC], python: [UV] };
    expect(record?.lock).toEqual({ ...FACTS, wish: 'w', base, debian: [], python: [] });
  });

  it('does not take the files of an image for its own that a Dockerfile built on it', async () => {
    const store = createStore({ 'lock.json': JSON.stringify(WHOLE), 'sbom.json': '{}' }, { [LABELS.kind]: 'commit' });
    expect(await readRecord(store, NAME)).toEqual({ labels: { [LABELS.kind]: 'commit' } });
  });

  it.each(['no JSON', '[]', JSON.stringify({ ...WHOLE, python: [{ name: 'x y', version: '1' }] })])(
    'is refused when it was changed: %s',
    async (text) => {
      await expect(readRecord(createStore({ 'lock.json': text }, labels), NAME)).rejects.toMatchObject({
        code: 'IMAGE_RECORD_INVALID',
      });
    },
  );

  it('is summed up for people', async () => {
    const record = await readRecord(createStore({ 'lock.json': JSON.stringify(WHOLE) }, labels), NAME);
    expect(renderRecord(NAME, record ?? { labels: {} })).toBe(
      [
        'image      test/a:1',
        'kind       commit',
        'base       b, 1 Debian and 1 Python packages',
        'installed  1 Debian, 1 Python, 0 conda, 0 R packages',
        '  tree=2.2',
        `  x==1  git+https://example.org/x@${COMMIT}`,
        '',
      ].join('\n'),
    );
  });
});
