import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ResolvedRepository } from '../../../services/contracts/repository.ts';
import { createLaunchArchive, makeArchivedLaunch } from '../../../services/launcher/events/launch-archive.ts';
import { createTemporaryDirectory } from '../../../services/platform/temporary-directory.ts';
import { collectEvents, createLauncher, makeLaunchRequest } from '../create-launcher.ts';

const SHA = 'f7f3ff6d1bf708bdc12e5f10e18b2a90a4795603';
const repository: ResolvedRepository = {
  provider: 'gh',
  canonical: 'github.com/owner/repo',
  cloneUrl: 'https://github.com/owner/repo',
  commit: SHA,
  repoUrl: 'https://github.com/owner/repo',
  refUrl: `https://github.com/owner/repo/tree/${SHA}`,
  persistentSpec: `owner/repo/${SHA}`,
};
const launch = (spec = 'owner/repo/HEAD', provider = 'gh') => ({
  id: 'AAAAAAAAAAAAAAAAAAAAAA',
  createdAt: 0,
  request: { ...makeLaunchRequest(spec, provider), launchHost: 'https://binder.example/' },
});
const at = (time: string) => makeArchivedLaunch(launch(), repository, Date.parse(time));

describe('a line of the launch archive', () => {
  it("is a launch of version 6 of BinderHub's schema, to the minute", () => {
    expect(at('2026-08-05T12:34:56.789Z')).toEqual({
      timestamp: '2026-08-05T12:34:00+00:00',
      schema: 'binderhub.jupyter.org/launch',
      version: 6,
      provider: 'GitHub',
      spec: 'owner/repo/HEAD',
      ref: SHA,
      status: 'success',
      build_token: false,
      origin: 'binder.example',
      request_origin: '',
    });
  });

  it('names the page that asked, and the version of a record', () => {
    const { request, ...rest } = launch('10.5281/zenodo.3242074', 'zenodo');
    const asked = { ...request, buildToken: true, requestOrigin: 'https://book.example' };
    const record = { ...repository, record: { version: '3242074' } };
    expect(makeArchivedLaunch({ ...rest, request: asked }, record, 0)).toMatchObject({
      provider: 'Zenodo',
      ref: '3242074',
      build_token: true,
      request_origin: 'https://book.example',
    });
  });

  it.each([
    ['gh', 'GitHub'],
    ['gist', 'Gist'],
    ['git', 'Git'],
    ['gl', 'GitLab'],
    ['zenodo', 'Zenodo'],
    ['figshare', 'Figshare'],
    ['hydroshare', 'Hydroshare'],
    ['dataverse', 'Dataverse'],
    ['ckan', 'CKAN'],
  ])('calls %s %s', (id, name) => {
    expect(makeArchivedLaunch(launch('x', id), repository, 0).provider).toBe(name);
  });
});

describe('the launch archive', () => {
  const read = async (directory: string, name: string): Promise<unknown[]> =>
    (await readFile(join(directory, name), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);

  it('has a file a day and lists those that are over, with their number of launches', async () => {
    await using place = await createTemporaryDirectory(tmpdir(), 'archive-');
    const directory = join(place.path, 'launches');
    const archive = createLaunchArchive(directory);
    const times = ['2026-08-05T23:59:59Z', '2026-08-05T23:59:59Z', '2026-08-06T00:00:00Z', '2026-08-09T10:00:00Z'];
    await Promise.all(times.map((time) => archive.add(at(time))));
    expect((await readdir(directory)).sort()).toEqual([
      'events-2026-08-05.jsonl',
      'events-2026-08-06.jsonl',
      'events-2026-08-09.jsonl',
      'index.jsonl',
    ]);
    expect(await read(directory, 'events-2026-08-05.jsonl')).toEqual([at(times[0] ?? ''), at(times[1] ?? '')]);
    expect(await read(directory, 'index.jsonl')).toEqual([
      { name: 'events-2026-08-05.jsonl', date: '2026-08-05', count: 2 },
      { name: 'events-2026-08-06.jsonl', date: '2026-08-06', count: 1 },
    ]);
  });

  it('goes on after a restart, whatever has become of its index', async () => {
    await using place = await createTemporaryDirectory(tmpdir(), 'archive-');
    await createLaunchArchive(place.path).add(at('2026-08-05T01:00:00Z'));
    await writeFile(join(place.path, 'index.jsonl'), '{"broken');
    await createLaunchArchive(place.path).add(at('2026-08-05T02:00:00Z'));
    await createLaunchArchive(place.path).add(at('2026-08-06T02:00:00Z'));
    expect(await read(place.path, 'events-2026-08-05.jsonl')).toHaveLength(2);
    expect(await read(place.path, 'index.jsonl')).toMatchObject([{ date: '2026-08-05', count: 2 }]);
  });

  it('is told of launches that end in a session, and of no others', async () => {
    const told: string[] = [];
    const onReady = ({ request }: { request: { repo: { spec: string } } }): void => void told.push(request.repo.spec);
    const { launches } = createLauncher({ onReady });
    const requests = [
      makeLaunchRequest('found/HEAD'),
      makeLaunchRequest('missing/HEAD'),
      { ...makeLaunchRequest('other/HEAD'), buildOnly: true },
    ];
    for (const request of requests) {
      const { id } = await launches.start(request);
      await collectEvents(launches.follow(id, 0, AbortSignal.timeout(10_000)));
    }
    expect(told).toEqual(['found/HEAD']);
  });
});
