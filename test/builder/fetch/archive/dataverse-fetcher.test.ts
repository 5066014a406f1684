import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDataverseApi, parseDataverseAddress } from '../../../../services/builder/fetch/archive/dataverse-api.ts';
import { createDataverseFetcher } from '../../../../services/builder/fetch/archive/dataverse-fetcher.ts';
import { createAddressGuard } from '../../../../services/platform/address-guard.ts';
import { createGuardedRequest } from '../../../../services/platform/guarded-request.ts';
import { PERSISTENT_ID, startDataverse, type DatasetFile } from '../../../support/dataverse-server.ts';
import { runGenerator } from '../../../support/run-generator.ts';
import { makeBuildRequest } from '../../build-request.ts';

const REQUEST = makeBuildRequest({ url: 'https://dataverse.example/x', commit: '0'.repeat(40) });

describe('Dataverse', () => {
  let into = '';
  beforeEach(async () => {
    into = await mkdtemp(join(tmpdir(), 'dataverse-'));
  });
  afterEach(() => rm(into, { recursive: true, force: true }));

  type Changed = { readonly allowed?: string[]; readonly maxBytes?: number; readonly persistentId?: string };
  const fetch = async (files: readonly DatasetFile[], { allowed, maxBytes = 2 ** 20, persistentId }: Changed = {}) => {
    await using server = await startDataverse(files);
    const api = createDataverseApi(createGuardedRequest(createAddressGuard(allowed ?? [server.host])));
    const address = { origin: server.origin, persistentId: persistentId ?? PERSISTENT_ID, version: '2.1' };
    const signal = AbortSignal.timeout(20_000);
    const version = await api.version(address, signal);
    const fetcher = createDataverseFetcher({ api, address, version, timeoutMs: 20_000, maxBytes });
    return await runGenerator(fetcher.fetch(REQUEST, into, signal));
  };

  it('gives all public files under their directories, tables as they were uploaded', async () => {
    const { items, result } = await fetch([
      { label: 'index.ipynb', text: '{}' },
      { label: 'same.csv', directoryLabel: 'data/a', text: 'a' },
      { label: 'same.csv', directoryLabel: 'data/b', text: 'b' },
      {
        label: 'table.tab',
        text: 'original',
        changed: {
          filesize: 99,
          md5: 'f'.repeat(32),
          originalFileName: 'table.csv',
          originalFileSize: 8,
          originalFileFormat: 'text/csv',
        },
      },
      { label: 'secret.txt', text: 'x', restricted: true },
    ]);
    expect((await readdir(into)).sort()).toEqual(['data', 'index.ipynb', 'table.csv']);
    expect(await readFile(join(result.directory, 'data/b/same.csv'), 'utf8')).toBe('b');
    expect(result.committedAt).toBe(Date.UTC(2022, 2, 4, 5, 6, 7) / 1000);
    expect(items.join('')).toMatch(
      /4 files of .* 2\.1 .*\n1 of its files are restricted.*\nAll sizes .* 3 of 4 checksums/,
    );
  });

  it.each<[string, DatasetFile, RegExp]>([
    ['a wrong checksum', { label: 'a', text: 'a', changed: { md5: '0'.repeat(32) } }, /file a .*checksum differs/],
    ['too many bytes', { label: 'a', text: 'aaa', changed: { filesize: 2 } }, /more than 2 bytes/],
    ['too few bytes', { label: 'a', text: 'aaa', changed: { filesize: 4 } }, /3 bytes instead of 4/],
  ])('refuses a file with %s', async (_what, file, message) => {
    await expect(fetch([file])).rejects.toMatchObject({
      code: 'FETCH_FAILED',
      message: expect.stringMatching(message) as string,
    });
  });

  it.each<[string, readonly DatasetFile[]]>([
    ['a name that leads outside', [{ label: '../x', text: 'x' }]],
    ['a directory that leads outside', [{ label: 'x', directoryLabel: '../..', text: 'x' }]],
    [
      'the same name twice',
      [
        { label: 'a', text: '1' },
        { label: 'a', text: '2' },
      ],
    ],
  ])('refuses %s, and writes nothing', async (_what, files) => {
    await expect(fetch(files)).rejects.toMatchObject({ code: 'FETCH_ARCHIVE_INVALID' });
    expect(await readdir(into)).toEqual([]);
  });

  it('reports a dataset that is too large, unknown, or on a host that is not allowed', async () => {
    const files = [{ label: 'a', text: 'a'.repeat(1000) }];
    await expect(fetch(files, { maxBytes: 999 })).rejects.toMatchObject({ code: 'FETCH_TOO_LARGE' });
    await expect(fetch(files, { persistentId: 'doi:10.1/none' })).rejects.toMatchObject({ code: 'REPO_NOT_FOUND' });
    await expect(fetch(files, { allowed: [] })).rejects.toMatchObject({ code: 'REPO_HOST_REFUSED' });
  });

  it.each([
    [
      'dataset.xhtml?persistentId=doi:10.7910/DVN/X',
      { persistentId: 'doi:10.7910/DVN/X', version: ':latest-published' },
    ],
    ['dataset.xhtml?persistentId=doi:10.1/X&version=2.0', { persistentId: 'doi:10.1/X', version: '2.0' }],
    [
      'citation?persistentId=hdl:1902.1/X&version=DRAFT',
      { persistentId: 'hdl:1902.1/X', version: ':latest-published' },
    ],
  ])('reads the address %s', (path, expected) => {
    const origin = 'https://dataverse.example';
    expect(parseDataverseAddress(`${origin}/${path}`)).toEqual({ origin, ...expected });
  });

  it.each(['https://example.org/a.git', 'https://x.org/dataset.xhtml', 'https://x.org/citation?persistentId=x', 'x'])(
    'leaves %s to others',
    (address) => {
      expect(parseDataverseAddress(address)).toBeUndefined();
    },
  );
});
