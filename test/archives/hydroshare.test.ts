import { describe, expect, it } from 'vitest';
import { parseHydroshareAddress, parseHydroshareId } from '../../services/archives/hydroshare.ts';
import { md5, startArchiveServer } from '../support/archives/archive-server.ts';
import { findOn } from '../support/archives/find-on.ts';
import { HYDROSHARE, startHydroshare } from '../support/archives/hydroshare-server.ts';

const settings = {
  doiUrl: '',
  zenodoUrls: [],
  figshareApiUrl: '',
  figshareHosts: [],
  hydroshareUrl: 'https://www.hydroshare.org',
};

describe('Hydroshare', () => {
  it('gives a resource at the time of its last change, with all pages of its files, asked where the site is', async () => {
    await using server = await startHydroshare([
      { name: 'read me.md', data: 'r' },
      { name: 'a/b/data.csv', data: '1' },
      { name: 'a/unknown', data: 'u', changed: { size: -1, checksum: null } },
    ]);
    const record = await findOn(server, HYDROSHARE.doi);
    expect(record).toMatchObject({
      canonical: `${server.host}/resource/${HYDROSHARE.id}`,
      version: `${HYDROSHARE.id}.v1569427470`,
      releasedAt: 1_569_427_470,
      files: [
        { name: 'read me.md', size: 1, checksum: { algorithm: 'md5', hex: md5('r') } },
        { name: 'a/b/data.csv', size: 1 },
        { name: 'a/unknown' },
      ],
    });
    expect(record?.files[2]).toMatchObject({ size: undefined, checksum: undefined });
    expect(new Set(record?.files.map(({ url }) => url.host))).toEqual(new Set([server.host]));
  });

  it('does not follow a list that never ends', async () => {
    await using server = await startArchiveServer((origin) => ({
      [`/hsapi/resource/${HYDROSHARE.id}/scimeta/elements/`]: { dates: [] },
      [`/hsapi/resource/${HYDROSHARE.id}/files/`]: {
        next: `${origin}/hsapi/resource/${HYDROSHARE.id}/files/`,
        results: [],
      },
    }));
    const address = `${server.origin}/resource/${HYDROSHARE.id}`;
    await expect(findOn(server, address)).rejects.toMatchObject({ code: 'FETCH_TOO_LARGE' });
  });

  it('reports a resource that is not there', async () => {
    await using server = await startHydroshare([]);
    await expect(findOn(server, `${server.origin}/resource/${'0'.repeat(32)}`)).rejects.toMatchObject({
      code: 'REPO_NOT_FOUND',
    });
  });

  it.each(['www.', ''])('reads the address of a resource with %j in front of the host', (www) => {
    const url = new URL(`https://${www}hydroshare.org/resource/${HYDROSHARE.id}/?x=y`);
    const expected = { origin: 'https://www.hydroshare.org', id: HYDROSHARE.id };
    expect(parseHydroshareAddress(url, settings)).toEqual(expected);
  });

  it.each([`https://www.hydroshare.org/x/${HYDROSHARE.id}`, `https://example.org/resource/${HYDROSHARE.id}`])(
    'leaves %s to others',
    (address) => {
      expect(parseHydroshareAddress(new URL(address), settings)).toBeUndefined();
    },
  );

  it.each([
    [HYDROSHARE.id, HYDROSHARE.id],
    [HYDROSHARE.doi, HYDROSHARE.id],
    [`https://www.hydroshare.org/resource/${HYDROSHARE.id}/`, HYDROSHARE.id],
    ['8f7c2f03', undefined],
  ])('finds the id in %s', (text, id) => {
    expect(parseHydroshareId(text)).toBe(id);
  });
});
