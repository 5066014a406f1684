import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../services/cli/read-settings.ts';
import { resolveSource } from '../../services/cli/resolve-source.ts';
import type { Settings } from '../../services/contracts/settings.ts';
import { startArchiveServer, type ArchiveServer } from '../support/archives/archive-server.ts';
import { startZenodo, ZENODO } from '../support/archives/zenodo-server.ts';
import { startGitServer, type GitServer } from '../support/git-server.ts';

describe('what a command is told to build', () => {
  let home = '';
  let git: GitServer;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'source-'));
    git = await startGitServer();
  });
  afterAll(async () => {
    await git[Symbol.asyncDispose]();
    await rm(home, { recursive: true, force: true });
  });

  const settingsFor = (archive: ArchiveServer, lookupTimeoutSeconds = 20): Settings => ({
    ...readSettings({ allowHost: [git.host, archive.host] }, {}),
    archives: archive.settings,
    lookupTimeoutSeconds,
  });
  const resolve = (text: string, settings: Settings) =>
    resolveSource(text, { settings, ref: 'HEAD', signal: AbortSignal.timeout(20_000) });

  it.each(['repository', 'dataset/repository', 'records/1', 'articles/x/1234567'])(
    'case 85: asks no archive about the Git repository %s',
    async (name) => {
      await using archive = await startZenodo([]);
      const { url, commit } = await git.createRepository(name, { a: 'a' });
      const { repository, fetcher } = await resolve(url, settingsFor(archive));
      expect(repository).toMatchObject({ provider: 'git', commit });
      expect(fetcher).toBeUndefined();
      expect(archive.paths()).toEqual([]);
      const { total, infoRefs, uploadPack } = git.requests();
      expect(total).toBe(infoRefs + uploadPack);
    },
  );

  it('case 85: takes an address like that of a CKAN dataset for a repository where no CKAN answers', async () => {
    await using archive = await startZenodo([]);
    const { url, commit } = await git.createRepository('dataset/another', { a: 'a' });
    const settings = settingsFor(archive);
    expect((await resolve(url, settings)).repository.commit).toBe(commit);
    expect((await resolve(url.replace(/\.git$/, ''), settings)).repository.commit).toBe(commit);
  });

  it('case 85: builds a repository while every archive is down', async () => {
    await using archive = await startArchiveServer(() => ({}));
    const settings = settingsFor(archive);
    await archive[Symbol.asyncDispose]();
    const { url, commit } = await git.createRepository('alone', { a: 'a' });
    expect((await resolve(url, settings)).repository.commit).toBe(commit);
    await expect(resolve(ZENODO.doi, settings)).rejects.toMatchObject({ code: 'FETCH_FAILED' });
  });

  it('is a directory before anything else, even one that is called like a DOI', async () => {
    await using archive = await startZenodo([]);
    const directory = join(home, ZENODO.doi);
    await mkdir(directory, { recursive: true });
    expect((await resolve(directory, settingsFor(archive))).repository.provider).toBe('local');
    expect(archive.paths()).toEqual([]);
  });

  it('may be a DOI or the address of a record, which stand for the same commit', async () => {
    await using archive = await startZenodo([{ name: 'a', data: 'a' }]);
    const settings = settingsFor(archive);
    const addresses = [ZENODO.doi, ZENODO.conceptDoi, `${archive.origin}/record/${ZENODO.record}/?download=1`];
    const found = await Promise.all(addresses.map((address) => resolve(address, settings)));
    expect(found[0]).toMatchObject({ repository: { provider: 'zenodo', persistentSpec: ZENODO.doi } });
    expect(new Set(found.map(({ repository }) => JSON.stringify(repository))).size).toBe(1);
    expect(found.every(({ repository }) => repository.record !== undefined)).toBe(true);
  });

  it('may be an identifier of Software Heritage', async () => {
    await using archive = await startZenodo([]);
    const hash = 'a'.repeat(40);
    expect(await resolve(`swh:1:dir:${hash}`, settingsFor(archive))).toMatchObject({
      repository: { provider: 'swh', commit: hash },
    });
  });

  it('gives up on an archive that does not answer in time', async () => {
    await using archive = await startZenodo([]);
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const host = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const settings = settingsFor(archive, 0.05);
    const archives = { ...settings.archives, doiUrl: `http://${host}` };
    const asked = resolve(ZENODO.doi, { ...settings, allowHosts: [host], archives });
    await expect(asked).rejects.toMatchObject({ code: 'REPO_UNREACHABLE' });
    silent.closeAllConnections();
    silent.close();
  });

  it.each(['nothing', 'doi:nothing', 'swh:1:cnt:' + 'a'.repeat(40)])('is not %s', async (text) => {
    await using archive = await startZenodo([]);
    await expect(resolve(text, settingsFor(archive))).rejects.toMatchObject({ code: 'REPO_SPEC_INVALID' });
  });
});
