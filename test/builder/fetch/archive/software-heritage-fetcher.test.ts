import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSoftwareHeritageApi } from '../../../../services/builder/fetch/archive/software-heritage-api.ts';
import { createSoftwareHeritageFetcher } from '../../../../services/builder/fetch/archive/software-heritage-fetcher.ts';
import { parseSwhid, type Swhid } from '../../../../services/builder/fetch/archive/swhid.ts';
import { hashTree } from '../../../../services/builder/fetch/archive/tree-hash.ts';
import { createAddressGuard } from '../../../../services/platform/address-guard.ts';
import { createGuardedRequest } from '../../../../services/platform/guarded-request.ts';
import { contentFetcherContract } from '../../../conformance/content-fetcher.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { writeFiles, type GitFiles } from '../../../support/git-files.ts';
import { runGenerator } from '../../../support/run-generator.ts';
import { startSoftwareHeritage, type SoftwareHeritageServer } from '../../../support/software-heritage-server.ts';
import { makeBuildRequest } from '../../build-request.ts';

const REQUEST = makeBuildRequest({ url: 'https://archive.softwareheritage.org/x', commit: '0'.repeat(40) });
const REVISION = 'e'.repeat(40);

describe('Software Heritage', () => {
  let server: SoftwareHeritageServer;
  let home = '';
  beforeEach(async () => {
    server = await startSoftwareHeritage();
    home = await mkdtemp(join(tmpdir(), 'swh-'));
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  const createFetcher = (swhid: Swhid, allowed = [server.host], maxBytes = 2 ** 24) =>
    createSoftwareHeritageFetcher({
      swhid,
      api: createSoftwareHeritageApi(createGuardedRequest(createAddressGuard(allowed)), server.apiUrl),
      clock: createFakeClock(),
      timeoutMs: 20_000,
      maxBytes,
    });
  const archive = async (files: GitFiles): Promise<Swhid> => {
    const directory = await mkdtemp(join(home, 'archived-'));
    await writeFiles(directory, files);
    const hash = await hashTree(directory);
    await server.archive(hash, directory);
    return { kind: 'dir', hash };
  };
  const fetch = async (swhid: Swhid, ...rest: [string[]?, number?]) => {
    const into = await mkdtemp(join(home, 'into-'));
    return runGenerator(createFetcher(swhid, ...rest).fetch(REQUEST, into, AbortSignal.timeout(20_000)));
  };

  contentFetcherContract({
    create: async (files) => {
      const { hash } = await archive(files);
      server.addRevision(REVISION, hash);
      return { fetcher: createFetcher({ kind: 'rev', hash: REVISION }), request: REQUEST };
    },
    skip: { outsideLinks: 'an archive with links that lead outside is refused' },
  });

  it('gives a directory when it is packed, and verifies its hash', async () => {
    const swhid = await archive({ 'a.txt': 'a', 'sub/run': { text: '#!/bin/sh\n', mode: 0o755 } });
    const { items, result } = await fetch(swhid);
    expect(await readFile(join(result.directory, 'a.txt'), 'utf8')).toBe('a');
    expect(items.join('')).toContain('is packing the directory: Processing...');
    expect(items.at(-1)).toBe(`The content has the hash ${swhid.hash}\n`);
  });

  it('gives the directory and the time of a revision', async () => {
    const { hash } = await archive({ a: 'a' });
    server.addRevision(REVISION, hash);
    const { result } = await fetch({ kind: 'rev', hash: REVISION });
    expect(result.committedAt).toBe(Date.UTC(2021, 2, 4, 5, 6, 7) / 1000);
  });

  it('says that content is not what its identifier says', async () => {
    await writeFile(join(home, 'a'), 'changed');
    await server.archive('b'.repeat(40), home);
    const { items } = await fetch({ kind: 'dir', hash: 'b'.repeat(40) });
    expect(items.at(-1)).toContain('does not have the hash');
  });

  it('reports what is not archived, what cannot be packed, and what is too large', async () => {
    await expect(fetch({ kind: 'dir', hash: 'c'.repeat(40) })).rejects.toMatchObject({ code: 'FETCH_COMMIT_MISSING' });
    await expect(fetch({ kind: 'rev', hash: 'c'.repeat(40) })).rejects.toMatchObject({ code: 'FETCH_COMMIT_MISSING' });
    const large = await archive({ zeros: new Uint8Array(2 ** 20) });
    await expect(fetch(large, [server.host], 2 ** 18)).rejects.toMatchObject({ code: 'FETCH_TOO_LARGE' });
    server.failPacking('out of paper');
    await expect(fetch(await archive({ a: 'a' }))).rejects.toMatchObject({
      code: 'FETCH_FAILED',
      message: expect.stringContaining('out of paper') as string,
    });
  });

  it.each([
    [429, '', 'REPO_RATE_LIMITED'],
    [500, 'oops', 'FETCH_FAILED'],
    [200, 'not json', 'FETCH_FAILED'],
    [200, '{"status":"maybe"}', 'FETCH_FAILED'],
  ])('understands %i %j', async (status, body, code) => {
    const swhid = await archive({ a: 'a' });
    server.answer(status, body);
    await expect(fetch(swhid)).rejects.toMatchObject({ code });
  });

  it('asks no host that is not allowed', async () => {
    await expect(fetch(await archive({ a: 'a' }), [])).rejects.toMatchObject({ code: 'REPO_HOST_REFUSED' });
  });

  it.each([
    ['swh:1:dir:' + 'a'.repeat(40), { kind: 'dir', hash: 'a'.repeat(40) }],
    [`swh:1:rev:${'a'.repeat(40)};origin=https://example.org/x`, { kind: 'rev', hash: 'a'.repeat(40) }],
    [`swh:1:cnt:${'a'.repeat(40)}`, undefined],
    [`SWH:1:dir:${'a'.repeat(40)}`, undefined],
    [`swh:1:dir:${'a'.repeat(39)}`, undefined],
    [`swh:1:dir:${'a'.repeat(40)}/../x`, undefined],
  ])('reads %s', (text, expected) => {
    expect(parseSwhid(text)).toEqual(expected);
  });
});
