import { describe, expect, it } from 'vitest';
import { parseChecksum, parseFileUrl, parseTime, toRepository } from '../../services/archives/archive-record.ts';

describe('what an archive says', () => {
  it.each([
    [`md5:${'A'.repeat(32)}`, { algorithm: 'md5', hex: 'a'.repeat(32) }],
    ['b'.repeat(40), { algorithm: 'sha1', hex: 'b'.repeat(40) }],
    [`SHA-256:${'c'.repeat(64)}`, { algorithm: 'sha256', hex: 'c'.repeat(64) }],
    [`sha512:${'d'.repeat(128)}`, { algorithm: 'sha512', hex: 'd'.repeat(128) }],
    [`sha256:${'a'.repeat(32)}`, undefined],
    ['etag-123', undefined],
    ['', undefined],
    [null, undefined],
  ])('reads the checksum %s', (text, expected) => {
    expect(parseChecksum(text)).toEqual(expected);
  });

  it.each([
    ['2024-04-02T02:10:31.000000', 1_712_023_831],
    ['2019-09-25T16:04:30.123Z', 1_569_427_470],
    ['2019-09-25T18:04:30+02:00', 1_569_427_470],
    ['2019-09-25', Date.UTC(2019, 8, 25) / 1000],
    ['yesterday', undefined],
    [undefined, undefined],
  ])('reads the time %s as UTC', (text, expected) => {
    expect(parseTime(text)).toBe(expected);
  });

  it('has addresses that can be read', () => {
    expect(parseFileUrl('/x', new URL('https://a.example/b')).href).toBe('https://a.example/x');
    expect(() => parseFileUrl('http://[')).toThrow(expect.objectContaining({ code: 'FETCH_FAILED' }) as Error);
  });

  it('gives the same commit for the same version, and another one for another', () => {
    const record = {
      provider: 'zenodo',
      title: '',
      canonical: 'zenodo.org/records/1',
      version: '1',
      url: 'https://zenodo.org/records/1',
      persistentSpec: '10.5281/zenodo.1',
      releasedAt: undefined,
      files: [],
      omitted: [],
      isUnpacked: true,
    };
    const { commit } = toRepository(record);
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    expect(toRepository({ ...record, title: 'changed' }).commit).toBe(commit);
    expect(toRepository({ ...record, version: '2' }).commit).not.toBe(commit);
  });
});
