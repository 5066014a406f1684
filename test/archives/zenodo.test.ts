import { describe, expect, it } from 'vitest';
import { parseZenodoAddress } from '../../services/archives/zenodo.ts';
import { md5, type ServedFile } from '../support/archives/archive-server.ts';
import { findOn } from '../support/archives/find-on.ts';
import { startZenodo, ZENODO } from '../support/archives/zenodo-server.ts';

const FILES: readonly ServedFile[] = [
  { name: 'data/a.csv', data: 'a' },
  { name: 'draft.csv', data: '', changed: { status: 'pending' } },
];

describe('Zenodo', () => {
  it.each([
    ZENODO.doi,
    `doi:${ZENODO.doi}`,
    `https://doi.org/${ZENODO.doi}`,
    ZENODO.conceptDoi,
    `https://dx.doi.org/${ZENODO.conceptDoi}/`,
  ])('gives the newest version and its files for %s', async (doi) => {
    await using server = await startZenodo(FILES);
    expect(await findOn(server, doi)).toEqual({
      provider: 'zenodo',
      title: `record ${ZENODO.record} of ${server.host}`,
      canonical: `${server.host}/records/${ZENODO.record}`,
      version: ZENODO.record,
      url: `${server.origin}/records/${ZENODO.record}`,
      persistentSpec: ZENODO.doi,
      releasedAt: Date.UTC(2019, 5, 10, 9, 10, 11) / 1000,
      files: [
        {
          name: 'data/a.csv',
          url: new URL('/content/0', server.origin),
          size: 1,
          checksum: { algorithm: 'md5', hex: md5('a') },
        },
      ],
      omitted: ['draft.csv is still a draft'],
      isUnpacked: true,
    });
  });

  it.each(['5', 'none'])('reports the record %s, which is absent, a draft or restricted', async (id) => {
    await using server = await startZenodo(FILES);
    await expect(findOn(server, `${server.origin}/records/${id}`)).rejects.toMatchObject({
      code: 'REPO_NOT_FOUND',
      message: `${server.host} has no public record ${id}.`,
    });
  });

  it.each([
    ['https://zenodo.org/records/3242074', '3242074'],
    ['https://zenodo.org/record/3242074/', '3242074'],
    ['http://zenodo.org/records/3242074/files/x.zip?download=1', '3242074'],
    ['https://zenodo.org/records/3242074?preview=1#files', '3242074'],
    ['https://zenodo.org/doi/10.5281/zenodo.3242074', '3242074'],
    ['https://zenodo.org/api/records/3242074', '3242074'],
    ['https://zenodo.org/records/82kn8-3nk04', '82kn8-3nk04'],
  ])('reads %s', (address, id) => {
    expect(parseZenodoAddress(new URL(address), settings)).toEqual({ origin: 'https://zenodo.org', id });
  });

  it.each([
    'https://zenodo.org/',
    'https://zenodo.org/records/',
    'https://zenodo.org/a/records/1',
    'https://x.org/records/1',
  ])('leaves %s to others', (address) => {
    expect(parseZenodoAddress(new URL(address), settings)).toBeUndefined();
  });
});

const settings = {
  doiUrl: 'https://doi.org',
  zenodoUrls: ['https://zenodo.org'],
  figshareApiUrl: '',
  figshareHosts: [],
  hydroshareUrl: '',
};
