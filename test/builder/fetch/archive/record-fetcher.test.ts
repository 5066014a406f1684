import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRecordFetcher } from '../../../../services/builder/fetch/archive/record-fetcher.ts';
import { describeSurvey, surveyTree } from '../../../../services/builder/fetch/survey-tree.ts';
import { contentFetcherContract } from '../../../conformance/content-fetcher.ts';
import { startArchiveServer, type ArchiveServer, type ServedFile } from '../../../support/archives/archive-server.ts';
import { DATASET, startCkan } from '../../../support/archives/ckan-server.ts';
import { PERSISTENT_ID, startDataverse, type DatasetFile } from '../../../support/archives/dataverse-server.ts';
import { FIGSHARE, startFigshare } from '../../../support/archives/figshare-server.ts';
import { findOn, requestTo } from '../../../support/archives/find-on.ts';
import { HYDROSHARE, startHydroshare } from '../../../support/archives/hydroshare-server.ts';
import { startZenodo, ZENODO } from '../../../support/archives/zenodo-server.ts';
import type { GitFiles } from '../../../support/git-files.ts';
import { runGenerator } from '../../../support/run-generator.ts';
import { makeZip, zipFiles } from '../../../support/zip.ts';
import { makeBuildRequest } from '../../build-request.ts';

const REQUEST = makeBuildRequest({ url: 'https://archive.example/x', commit: '0'.repeat(40) });
const LIMITS = { timeoutMs: 20_000, maxBytes: 2 ** 24 };
const DATAVERSE_DOI = PERSISTENT_ID.slice('doi:'.length);

type Changed = { readonly maxBytes?: number; readonly isRefused?: boolean };

const createFetcher = async (server: ArchiveServer, text: string, { isRefused, ...limits }: Changed = {}) => {
  const record = await findOn(server, text);
  if (record === undefined) throw new Error(`${text} is no record`);
  const request = isRefused === true ? requestTo() : requestTo(server);
  return createRecordFetcher({ record, request, ...LIMITS, ...limits });
};

const fileNames = async (directory: string): Promise<readonly string[]> =>
  (await readdir(directory, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();

describe('a record of an archive', () => {
  let into = '';
  const servers: ArchiveServer[] = [];
  const keep = (server: ArchiveServer): ArchiveServer => {
    servers.push(server);
    return server;
  };
  beforeEach(async () => {
    into = await mkdtemp(join(tmpdir(), 'record-'));
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
    await rm(into, { recursive: true, force: true });
  });

  const fetch = async (server: ArchiveServer, text: string, changed: Changed = {}) => {
    const fetcher = await createFetcher(server, text, changed);
    return runGenerator(fetcher.fetch(REQUEST, into, AbortSignal.timeout(20_000)));
  };
  const fetchZenodo = async (files: readonly ServedFile[], changed: Changed = {}) =>
    fetch(keep(await startZenodo(files)), ZENODO.doi, changed);

  describe.each<[string, (zip: Buffer) => Promise<ArchiveServer>, (server: ArchiveServer) => string]>([
    ['Zenodo', (data) => startZenodo([{ name: 'code.zip', data }]), () => ZENODO.doi],
    ['Figshare', (data) => startFigshare([{ name: 'code.zip', data }]), () => FIGSHARE.doi],
    ['Hydroshare', (data) => startHydroshare([{ name: 'code.zip', data }]), () => HYDROSHARE.doi],
    ['CKAN', (data) => startCkan([{ path: '/x/code.zip', data }]), ({ origin }) => `${origin}/data/dataset/${DATASET}`],
  ])('that is a zip on %s', (_name, start, address) => {
    contentFetcherContract({
      create: async (files) => {
        const server = keep(await start(zipFiles(files)));
        return { fetcher: await createFetcher(server, address(server)), request: REQUEST };
      },
      skip: { outsideLinks: 'an archive with links that lead outside is refused' },
    });
  });

  const textOf = (file: GitFiles[string]): string | Uint8Array => {
    if (typeof file === 'string' || file instanceof Uint8Array) return file;
    return 'text' in file ? file.text : '';
  };
  describe.each<[string, (files: readonly ServedFile[]) => Promise<ArchiveServer>, string]>([
    ['Zenodo', startZenodo, ZENODO.doi],
    ['Figshare', startFigshare, FIGSHARE.doi],
    ['Hydroshare', startHydroshare, HYDROSHARE.doi],
    [
      'Dataverse',
      (files) =>
        startDataverse(
          files.map(({ name, data }): DatasetFile => ({ label: name, text: Buffer.from(data).toString() })),
        ),
      DATAVERSE_DOI,
    ],
  ])('that is single files on %s', (_name, start, doi) => {
    contentFetcherContract({
      create: async (files) => {
        const served = Object.entries(files).map(([name, file]): ServedFile => ({ name, data: textOf(file) }));
        return { fetcher: await createFetcher(keep(await start(served)), doi), request: REQUEST };
      },
      skip: {
        links: 'an archive has no links beside those in a zip or tar',
        outsideLinks: 'an archive has no links beside those in a zip or tar',
      },
    });
  });

  it('case 73: keeps nested keys, and the time and the checksums of the record', async () => {
    const { items, result } = await fetchZenodo([
      { name: 'data/a/same.csv', data: 'a' },
      { name: 'data/b/same.csv', data: 'b' },
      { name: '__MACOSX/._x', data: '' },
      { name: 'unverified', data: 'x', changed: { size: undefined, checksum: null } },
    ]);
    expect(await fileNames(result.directory)).toEqual(['data/a/same.csv', 'data/b/same.csv', 'unverified']);
    expect(await readFile(join(result.directory, 'data/b/same.csv'), 'utf8')).toBe('b');
    expect(result.committedAt).toBe(Date.UTC(2019, 5, 10, 9, 10, 11) / 1000);
    expect(items.join('')).toContain('Verified 2 of 3 sizes and 2 of 3 checksums');
  });

  it('case 73: has both resources of a CKAN dataset whose addresses end in the same name', async () => {
    const server = keep(
      await startCkan([
        { path: '/1/data.csv', data: 'one' },
        { path: '/2/data.csv', data: 'two' },
      ]),
    );
    const { result } = await fetch(server, `${server.origin}/data/dataset/${DATASET}`);
    expect(await readFile(join(result.directory, 'data.csv'), 'utf8')).toBe('one');
    expect(await readFile(join(result.directory, 'data-2.csv'), 'utf8')).toBe('two');
  });

  it('case 74: takes names that differ by case alone, and the log reports them', async () => {
    const { result } = await fetchZenodo([
      { name: 'README', data: 'upper' },
      { name: 'readme', data: 'lower' },
    ]);
    expect(await fileNames(result.directory)).toEqual(['README', 'readme']);
    expect(describeSurvey(await surveyTree(result.directory)).join()).toMatch(
      /1 name differs from another one by case/,
    );
  });

  it('says what is left out, and fails when nothing is left', async () => {
    const link = { name: 'elsewhere', data: '', changed: { is_link_only: true } };
    const server = keep(await startFigshare([{ name: 'a', data: 'a' }, link]));
    expect((await fetch(server, FIGSHARE.doi)).items).toContain('Left out: elsewhere is a link to another place\n');
    await expect(fetch(keep(await startFigshare([link])), FIGSHARE.doi)).rejects.toMatchObject({
      code: 'REPO_NOT_FOUND',
    });
  });

  it.each<[string, ServedFile, RegExp]>([
    ['a wrong checksum', { name: 'a', data: 'a', changed: { checksum: `md5:${'0'.repeat(32)}` } }, /file a .*checksum/],
    ['too many bytes', { name: 'a', data: 'aaa', changed: { size: 2 } }, /more than 2 bytes/],
    ['too few bytes', { name: 'a', data: 'aaa', changed: { size: 4 } }, /3 bytes instead of 4/],
  ])('refuses a file with %s', async (_what, file, message) => {
    await expect(fetchZenodo([file])).rejects.toMatchObject({
      code: 'FETCH_FAILED',
      message: expect.stringMatching(message) as string,
    });
  });

  it.each<[string, readonly string[]]>([
    ['a name that leads outside', ['../x']],
    ['a directory that leads outside', ['a/../../x']],
    ['an absolute name', ['/etc/x']],
    ['the same name twice', ['a', './a']],
    ['a file below a file', ['a', 'a/b']],
  ])('case 72: refuses %s from an API, and writes nothing', async (_what, names) => {
    await expect(fetchZenodo(names.map((name) => ({ name, data: name })))).rejects.toMatchObject({
      code: 'FETCH_ARCHIVE_INVALID',
    });
    expect(await readdir(into)).toEqual([]);
  });

  it('holds to its limit of size, and to its hosts', async () => {
    const files = [
      { name: 'a', data: 'a'.repeat(600) },
      { name: 'b', data: 'b'.repeat(600), changed: { size: undefined } },
    ];
    await expect(fetchZenodo(files, { maxBytes: 500 })).rejects.toMatchObject({ code: 'FETCH_TOO_LARGE' });
    expect(await readdir(into)).toEqual([]);
    await expect(fetchZenodo(files, { maxBytes: 1199 })).rejects.toMatchObject({ code: 'FETCH_TOO_LARGE' });
    await expect(fetchZenodo(files, { isRefused: true })).rejects.toMatchObject({ code: 'REPO_HOST_REFUSED' });
  });

  it('ends when a download takes too long', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const host = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const links = { content: `http://${host}/x` };
    const server = keep(await startZenodo([{ name: 'a', data: 'a', changed: { links } }]));
    const record = await findOn(server, ZENODO.doi);
    if (record === undefined) throw new Error('the record was not found');
    const fetcher = createRecordFetcher({ record, request: requestTo(server, { host }), ...LIMITS, timeoutMs: 50 });
    const run = runGenerator(fetcher.fetch(REQUEST, into, AbortSignal.timeout(20_000)));
    await expect(run).rejects.toMatchObject({ code: 'FETCH_TIMEOUT' });
    silent.closeAllConnections();
    silent.close();
  });

  it('reports a file that is gone, and one whose connection breaks', async () => {
    const gone = { name: 'gone', data: '', changed: { links: { content: '/nowhere' } } };
    await expect(fetchZenodo([gone])).rejects.toMatchObject({ code: 'REPO_NOT_FOUND' });
    const cut = await startArchiveServer(() => ({
      '/cut': { status: 200, headers: { 'content-length': '9' }, body: 'x' },
    }));
    const files = [{ name: 'cut', data: '', changed: { size: 9, links: { content: `${keep(cut).origin}/cut` } } }];
    const server = keep(await startZenodo(files));
    const record = await findOn(server, ZENODO.doi);
    const fetcher =
      record && createRecordFetcher({ record, request: requestTo(server, cut), ...LIMITS, timeoutMs: 500 });
    const run = fetcher && runGenerator(fetcher.fetch(REQUEST, into, AbortSignal.timeout(20_000)));
    await expect(run).rejects.toMatchObject({ code: expect.stringMatching(/^FETCH_(FAILED|TIMEOUT)$/) as string });
  });

  it('unpacks an archive only when it is the only file, and never one of Dataverse', async () => {
    const data = makeZip([{ name: 'top/a', data: 'a' }]);
    const lone = await fetchZenodo([{ name: 'sub/code.ZIP', data }]);
    expect(await fileNames(lone.result.directory)).toEqual(['a']);
    expect(lone.items).toContain('Unpacked code.ZIP\n');
    expect((await readdir(into)).sort()).toEqual(['content']);
    await rm(into, { recursive: true });
    const two = await fetchZenodo([
      { name: 'code.zip', data },
      { name: 'b', data: 'b' },
    ]);
    expect(await fileNames(two.result.directory)).toEqual(['b', 'code.zip']);
    await rm(into, { recursive: true });
    const dataset = keep(await startDataverse([{ label: 'data.zip', text: 'PK\x03\x04' }]));
    const kept = await fetch(dataset, DATAVERSE_DOI);
    expect(await fileNames(kept.result.directory)).toEqual(['data.zip']);
  });

  it('leaves a file that is no archive, whatever it is called, and a document that is a zip', async () => {
    const text = await fetchZenodo([{ name: 'sub/notes.zip', data: 'no zip' }]);
    expect(await fileNames(text.result.directory)).toEqual(['notes.zip']);
    expect(text.items.join('')).toContain('notes.zip is no archive');
    await rm(into, { recursive: true });
    const sheet = await fetchZenodo([{ name: 'table.xlsx', data: makeZip([{ name: 'a', data: 'a' }]) }]);
    expect((await stat(join(sheet.result.directory, 'table.xlsx'))).isFile()).toBe(true);
  });
});
