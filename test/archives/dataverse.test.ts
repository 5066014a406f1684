import { describe, expect, it } from 'vitest';
import { parseDataverseAddress } from '../../services/archives/dataverse.ts';
import { md5 } from '../support/archives/archive-server.ts';
import { PERSISTENT_ID, startDataverse } from '../support/archives/dataverse-server.ts';
import { findOn } from '../support/archives/find-on.ts';

const DOI = PERSISTENT_ID.slice('doi:'.length);

describe('Dataverse', () => {
  it.each([
    DOI,
    `https://doi.org/${DOI}`,
    `${DOI}/FILE`,
    `ORIGIN/dataset.xhtml?persistentId=${PERSISTENT_ID}&version=2.1`,
    `ORIGIN/citation?persistentId=${PERSISTENT_ID}`,
    `ORIGIN/file.xhtml?persistentId=${PERSISTENT_ID}/FILE`,
    'ORIGIN/file.xhtml?fileId=7&version=2.0',
    'ORIGIN/api/access/datafile/7',
  ])('gives the published version of the dataset that %s names', async (text) => {
    await using server = await startDataverse([
      { label: 'same.csv', directoryLabel: 'data/a', text: 'a' },
      { label: 'secret', text: '', restricted: true },
    ]);
    expect(await findOn(server, text.replace('ORIGIN', server.origin))).toMatchObject({
      canonical: `${server.host}/${PERSISTENT_ID}`,
      version: '2.1',
      persistentSpec: DOI,
      releasedAt: Date.UTC(2022, 2, 4, 5, 6, 7) / 1000,
      files: [{ name: 'data/a/same.csv', size: 1, checksum: { algorithm: 'md5', hex: md5('a') } }],
      omitted: ['secret is restricted'],
      isUnpacked: false,
    });
  });

  it('takes tables as they were uploaded, for which it states no checksum', async () => {
    const original = { originalFileName: 't.csv', originalFileSize: 8, originalFileFormat: 'text/csv' };
    await using server = await startDataverse([
      { label: 't.tab', text: 'original', changed: { filesize: 99, md5: 'f'.repeat(32), ...original } },
    ]);
    const record = await findOn(server, DOI);
    expect(record?.files).toMatchObject([{ name: 't.csv', size: 8, checksum: undefined }]);
  });

  it('reports a dataset that is not there', async () => {
    await using server = await startDataverse([]);
    const address = `${server.origin}/citation?persistentId=doi:10.1/none`;
    await expect(findOn(server, address)).rejects.toMatchObject({ code: 'REPO_NOT_FOUND' });
  });

  it.each([
    ['dataset.xhtml?persistentId=doi:10.7910/DVN/X', { dataset: 'doi:10.7910/DVN/X', version: ':latest-published' }],
    ['dataset.xhtml?persistentId=doi:10.1/X&version=2.0', { dataset: 'doi:10.1/X', version: '2.0' }],
    ['citation?persistentId=hdl:1902.1/X&version=DRAFT', { dataset: 'hdl:1902.1/X', version: ':latest-published' }],
  ])('reads the address %s', (path, expected) => {
    const origin = 'https://dataverse.example';
    expect(parseDataverseAddress(new URL(`${origin}/${path}`))).toEqual({ origin, ...expected });
  });

  it.each([
    'https://example.org/a.git',
    'https://x.org/dataset.xhtml',
    'https://x.org/citation?persistentId=x',
    'https://x.org/file.xhtml?fileId=x',
    'ftp://x.org/citation?persistentId=doi:10.1/x',
  ])('leaves %s to others', (address) => {
    expect(parseDataverseAddress(new URL(address))).toBeUndefined();
  });
});
