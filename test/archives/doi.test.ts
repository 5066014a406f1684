import { describe, expect, it } from 'vitest';
import { parseDoi } from '../../services/archives/doi.ts';
import { makeHandle, startArchiveServer } from '../support/archives/archive-server.ts';
import { findOn } from '../support/archives/find-on.ts';

describe('a DOI', () => {
  it.each([
    ['10.5281/zenodo.1234', '10.5281/zenodo.1234'],
    ['doi:10.5281/zenodo.1234', '10.5281/zenodo.1234'],
    ['DOI:10.7910/DVN/TJCLKP', '10.7910/DVN/TJCLKP'],
    ['https://doi.org/10.5281/zenodo.1234/', '10.5281/zenodo.1234'],
    ['http://dx.doi.org/10.6084%2Fm9.figshare.1?x=1', '10.6084/m9.figshare.1'],
    ['10.1000.10/a(b)<c>', '10.1000.10/a(b)<c>'],
    ['10.5281', undefined],
    ['10.5281/', undefined],
    ['11.5281/x', undefined],
    ['10.5281/a b', undefined],
    ['./10.5281/x', undefined],
    ['https://example.org/10.5281/x', undefined],
  ])('is read from %s', (text, expected) => {
    expect(parseDoi(text)).toBe(expected);
  });

  it('that is not registered, that has no address, or that leads to no archive is reported', async () => {
    await using server = await startArchiveServer(() => ({
      ...makeHandle('10.1234/paper', 'https://publisher.example/paper'),
      ...makeHandle('10.1234/odd', 'urn:isbn:1'),
    }));
    await expect(findOn(server, '10.1234/none')).rejects.toMatchObject({
      code: 'REPO_NOT_FOUND',
      message: `${server.host} has no public DOI 10.1234/none.`,
    });
    await expect(findOn(server, '10.1234/odd')).rejects.toMatchObject({ code: 'FETCH_FAILED' });
    await expect(findOn(server, '10.1234/paper')).rejects.toMatchObject({
      code: 'REPO_SPEC_INVALID',
      message: expect.stringContaining('publisher.example, which is no archive') as string,
    });
  });

  it('is asked for at a resolver that may fail, limit, or be refused', async () => {
    await using server = await startArchiveServer(() => ({
      '/api/handles/10.1234/limited': { status: 429 },
      '/api/handles/10.1234/broken': { status: 200, body: 'oops' },
    }));
    await expect(findOn(server, '10.1234/limited')).rejects.toMatchObject({ code: 'REPO_RATE_LIMITED' });
    await expect(findOn(server, '10.1234/broken')).rejects.toMatchObject({ code: 'FETCH_FAILED' });
    const settings = { ...server.settings, doiUrl: 'http://127.0.0.2:9' };
    await expect(findOn(server, '10.1234/x', settings)).rejects.toMatchObject({ code: 'REPO_HOST_REFUSED' });
  });
});
