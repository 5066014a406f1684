import { describe, expect, it } from 'vitest';
import { parseCkanAddress } from '../../services/archives/ckan.ts';
import { startArchiveServer } from '../support/archives/archive-server.ts';
import { ACTIVITY, DATASET, startCkan } from '../support/archives/ckan-server.ts';
import { findOn } from '../support/archives/find-on.ts';

describe('CKAN', () => {
  it('gives a dataset at the time of its last change, and says what of it cannot be fetched', async () => {
    await using server = await startCkan([
      { path: '/up/a%20b.csv', data: 'a', changed: { hash: `sha256:${'a'.repeat(64)}` } },
      { path: '/link.csv', data: 'b', changed: { url_type: null, size: 99, hash: 'f'.repeat(32) } },
      { path: '/draft.csv', data: '', changed: { state: 'draft' } },
      { path: '/', data: '', changed: { url: 'ftp://example.org/x' } },
      { path: '/', data: '', changed: { size: null } },
      { path: '/no-host', data: '', changed: { url: '/no-host', size: 'many', hash: 'unknown' } },
    ]);
    const record = await findOn(server, `${server.origin}/data/dataset/${DATASET}`);
    expect(record).toMatchObject({
      canonical: `${server.host}/data/dataset/${DATASET}`,
      version: `${DATASET}.v1712023831`,
      releasedAt: 1_712_023_831,
      omitted: ['the resource resource-2 is a draft', 'the resource resource-3 has no http address'],
    });
    expect(record?.files).toEqual([
      {
        name: 'a b.csv',
        url: new URL('/up/a%20b.csv', server.origin),
        size: 1,
        checksum: { algorithm: 'sha256', hex: 'a'.repeat(64) },
      },
      { name: 'link.csv', url: new URL('/link.csv', server.origin) },
      { name: 'resource-4', url: new URL('/', server.origin) },
      { name: 'no-host', url: new URL('/no-host', server.origin) },
    ]);
  });

  it('case 73: keeps every resource whose address ends in the same name', async () => {
    const paths = [
      '/1/data.csv',
      '/2/data.csv',
      '/3/data-2.csv',
      '/4/data.csv',
      '/5/x.tar.gz',
      '/6/x.tar.gz',
      '/7/%2e%2e%2fx',
    ];
    await using server = await startCkan(paths.map((path) => ({ path, data: path })));
    const record = await findOn(server, `${server.origin}/data/dataset/${DATASET}`);
    expect(record?.files.map(({ name }) => name)).toEqual([
      'data.csv',
      'data-2.csv',
      'data-2-2.csv',
      'data-3.csv',
      'x.tar.gz',
      'x-2.tar.gz',
      'resource-6',
    ]);
  });

  it.each([`/history/${ACTIVITY}`, `/history/${ACTIVITY}?activity_id=other`, `/?activity_id=${ACTIVITY}`])(
    'gives the dataset of the time that %s names',
    async (suffix) => {
      await using server = await startCkan([
        { path: '/a', data: 'a' },
        { path: '/b', data: 'b' },
      ]);
      expect(await findOn(server, `${server.origin}/data/dataset/${DATASET}${suffix}`)).toMatchObject({
        version: `${DATASET}.v${Date.UTC(2020, 0, 1) / 1000}`,
        url: `${server.origin}/data/dataset/${DATASET}?activity_id=${ACTIVITY}`,
        files: [{ name: 'a' }],
      });
    },
  );

  it('reports a dataset that a CKAN does not have, and leaves what no CKAN has to others', async () => {
    await using server = await startCkan([]);
    await expect(findOn(server, `${server.origin}/data/dataset/absent`)).rejects.toMatchObject({
      code: 'REPO_NOT_FOUND',
    });
    expect(await findOn(server, `${server.origin}/dataset/repository`)).toBeUndefined();
  });

  it('does not take a host that fails for one that is no CKAN', async () => {
    await using server = await startArchiveServer(() => ({
      '/api/3/action/package_show?id=x': { status: 503, body: 'down' },
    }));
    await expect(findOn(server, `${server.origin}/dataset/x`)).rejects.toMatchObject({ code: 'FETCH_FAILED' });
  });

  it('asks no host that has no public address', async () => {
    await using server = await startCkan([]);
    const asked = findOn(server, 'http://169.254.169.254/dataset/x');
    await expect(asked).rejects.toMatchObject({ code: 'REPO_HOST_REFUSED' });
  });

  it.each([
    ['https://demo.ckan.org/dataset/d', { base: 'https://demo.ckan.org', dataset: 'd', activity: undefined }],
    ['https://x.org/prefix/dataset/d1', { base: 'https://x.org/prefix', dataset: 'd1', activity: undefined }],
    ['https://x.org/en/dataset/d/resource/r1/', { base: 'https://x.org/en', dataset: 'd', activity: undefined }],
    ['https://x.org/dataset/d/?activity_id=a', { base: 'https://x.org', dataset: 'd', activity: 'a' }],
    ['https://x.org/dataset/d/history/h?activity_id=a', { base: 'https://x.org', dataset: 'd', activity: 'h' }],
  ])('reads %s', (address, expected) => {
    expect(parseCkanAddress(new URL(address))).toEqual(expected);
  });

  it.each([
    'https://demo.ckan.org/group/roger',
    'https://demo.ckan.org/dataset/',
    'https://git.example.org/dataset/repository.git',
    'https://github.com/dataset/repository',
    'ssh://git.example.org/dataset/repository',
  ])('leaves %s to others', (address) => {
    expect(parseCkanAddress(new URL(address))).toBeUndefined();
  });
});
