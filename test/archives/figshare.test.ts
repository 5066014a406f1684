import { describe, expect, it } from 'vitest';
import { parseFigshareAddress } from '../../services/archives/figshare.ts';
import { md5, type ServedFile } from '../support/archives/archive-server.ts';
import { FIGSHARE, startFigshare } from '../support/archives/figshare-server.ts';
import { findOn } from '../support/archives/find-on.ts';

const settings = {
  doiUrl: '',
  zenodoUrls: [],
  figshareApiUrl: 'https://api.figshare.com/v2/',
  figshareHosts: ['figshare.com', 'data.example.org'],
  hydroshareUrl: '',
};

describe('Figshare', () => {
  it.each([FIGSHARE.doi, `https://figshare.com/articles/dataset/A_title/${FIGSHARE.article}`])(
    'gives the newest version for %s, which names none',
    async (text) => {
      await using server = await startFigshare([
        { name: 'a.csv', data: 'aa' },
        { name: 'elsewhere', data: '', changed: { is_link_only: true, computed_md5: null } },
      ]);
      expect(await findOn(server, text)).toMatchObject({
        canonical: `figshare.com/articles/${FIGSHARE.article}`,
        version: `${FIGSHARE.article}.v2`,
        persistentSpec: `${FIGSHARE.doi}.v2`,
        releasedAt: Date.UTC(2022, 2, 4, 5, 6, 7) / 1000,
        files: [{ name: 'a.csv', size: 2, checksum: { algorithm: 'md5', hex: md5('aa') } }],
        omitted: ['elsewhere is a link to another place'],
      });
    },
  );

  it.each([`${FIGSHARE.doi}.v1`, `https://figshare.com/articles/A_title/${FIGSHARE.article}/1`])(
    'gives the version that %s names',
    async (text) => {
      await using server = await startFigshare([]);
      expect(await findOn(server, text)).toMatchObject({
        version: `${FIGSHARE.article}.v1`,
        files: [{ name: 'old.txt' }],
      });
    },
  );

  it('lists all files of an article, page by page', async () => {
    const files = Array.from({ length: 230 }, (_one, index): ServedFile => ({ name: `f${index}`, data: `${index}` }));
    await using server = await startFigshare(files);
    const record = await findOn(server, FIGSHARE.doi);
    expect(record?.files.map(({ name }) => name)).toEqual(files.map(({ name }) => name));
  });

  it('reports an article that is not there', async () => {
    await using server = await startFigshare([]);
    await expect(findOn(server, 'https://figshare.com/articles/x/1234567')).rejects.toMatchObject({
      code: 'REPO_NOT_FOUND',
    });
  });

  it.each([
    ['https://figshare.com/articles/9782777', '9782777', undefined],
    ['https://figshare.com/articles/9782777/4', '9782777', '4'],
    ['https://figshare.com/articles/Title/9782777', '9782777', undefined],
    ['http://figshare.com/articles/dataset/Title/9782777/12/', '9782777', '12'],
    ['https://figshare.com/articles/dataset/2019/9782777', '9782777', undefined],
    ['https://figshare.com/account/articles/9782777', '9782777', undefined],
    ['https://an-institution.figshare.com/articles/code/x/9782777/1?file=3', '9782777', '1'],
    ['https://data.example.org/articles/dataset/x/9782777', '9782777', undefined],
  ])('reads %s', (address, id, version) => {
    const expected = { apiUrl: 'https://api.figshare.com/v2', id, version };
    expect(parseFigshareAddress(new URL(address), settings)).toEqual(expected);
  });

  it.each(['https://figshare.com/', 'https://notfigshare.com/articles/x/9782777', 'https://figshare.com/articles/x/y'])(
    'leaves %s to others',
    (address) => {
      expect(parseFigshareAddress(new URL(address), settings)).toBeUndefined();
    },
  );
});
