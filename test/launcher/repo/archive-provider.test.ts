import { describe, expect, it } from 'vitest';
import { createArchiveProviders } from '../../../services/launcher/repo/archive-provider.ts';
import type { RepoProvider } from '../../../services/launcher/repo/repo-provider.ts';
import { createAddressGuard } from '../../../services/platform/address-guard.ts';
import { createGuardedRequest, type GuardedRequest } from '../../../services/platform/guarded-request.ts';
import { refusalOf, repoProviderContract } from '../../conformance/repo-provider.ts';
import { startAnsweringServer } from '../../support/answering-server.ts';
import { startArchiveServer, type ArchiveServer } from '../../support/archives/archive-server.ts';
import { DATASET, startCkan } from '../../support/archives/ckan-server.ts';
import { PERSISTENT_ID, startDataverse } from '../../support/archives/dataverse-server.ts';
import { FIGSHARE, startFigshare } from '../../support/archives/figshare-server.ts';
import { requestTo } from '../../support/archives/find-on.ts';
import { HYDROSHARE, startHydroshare } from '../../support/archives/hydroshare-server.ts';
import { startZenodo, ZENODO } from '../../support/archives/zenodo-server.ts';

const never = (): AbortSignal => new AbortController().signal;

type Parts = Parameters<typeof createArchiveProviders>[0];

const providerOf = (id: string, parts: Parts): RepoProvider => {
  const found = createArchiveProviders(parts).find(({ display }) => display.id === id);
  if (found === undefined) throw new Error(`no provider ${id}`);
  return found;
};

const FILES = [{ name: 'index.ipynb', data: '{}' }];
const DOI = PERSISTENT_ID.replace('doi:', '');

/** Each archive with one record: how it is named, what is missing, and what names nothing. */
const ARCHIVES = [
  {
    id: 'zenodo',
    start: () => startZenodo(FILES),
    spec: () => ZENODO.doi,
    persistentEnd: () => ZENODO.doi,
    missing: () => '10.5281/zenodo.99',
  },
  {
    id: 'figshare',
    start: () => startFigshare(FILES),
    spec: () => FIGSHARE.doi,
    persistentEnd: () => `${FIGSHARE.doi}.v2`,
    missing: () => '10.6084/m9.figshare.99',
  },
  {
    id: 'hydroshare',
    start: () => startHydroshare(FILES),
    spec: () => HYDROSHARE.id,
    persistentEnd: () => HYDROSHARE.id,
    missing: () => 'a'.repeat(32),
  },
  {
    id: 'dataverse',
    start: () => startDataverse([{ label: 'index.ipynb', text: '{}' }]),
    spec: () => DOI,
    persistentEnd: () => DOI,
    missing: () => '10.5072/FK2/NOTHING',
  },
  {
    id: 'ckan',
    start: () => startCkan([{ path: '/index.ipynb', data: '{}' }]),
    spec: (origin: string) => encodeURIComponent(`${origin}/data/dataset/${DATASET}`),
    persistentEnd: () => DATASET,
    missing: (origin: string) => encodeURIComponent(`${origin}/data/dataset/absent`),
  },
] as const;

const startSilent = async () => {
  const server = await startArchiveServer(() => ({}));
  const never: GuardedRequest = (_url, { signal }) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  return { server, request: never };
};

describe.each(ARCHIVES)('the $id provider', ({ id, start, spec, persistentEnd, missing }) => {
  repoProviderContract({
    create: async () => {
      const server: ArchiveServer = await start();
      const silent = await startSilent();
      const parts = { settings: server.settings, request: requestTo(server) };
      const provider = providerOf(id, parts);
      const { commit } = await provider.resolve(spec(server.origin), never());
      const before = server.paths().length;
      return {
        provider,
        spec: spec(server.origin),
        commit,
        persistentEnd: persistentEnd(),
        missingRepository: missing(server.origin),
        silent: {
          provider: providerOf(id, { ...parts, request: silent.request, timeoutMs: 50 }),
          spec: spec(server.origin),
        },
        requests: () => server.paths().length - before,
        [Symbol.asyncDispose]: async () => {
          await server[Symbol.asyncDispose]();
          await silent.server[Symbol.asyncDispose]();
        },
      };
    },
    malformed: [
      '',
      'HEAD',
      'nothing/here',
      '%zz',
      'file%3A%2F%2F%2Fetc',
      'https%3A%2F%2Fuser%3As3cret%40x.org%2Fdataset%2Fx',
    ],
  });

  it('says that it is a version of a record, which no Git has', async () => {
    await using server = await start();
    const provider = providerOf(id, { settings: server.settings, request: requestTo(server) });
    expect((await provider.resolve(spec(server.origin), never())).record?.version).toMatch(/\S/);
  });
});

describe('archives, as BinderHub resolves them', () => {
  const settings: Parts['settings'] = {
    doiUrl: 'https://doi.org',
    zenodoUrls: ['https://zenodo.org'],
    figshareApiUrl: 'https://api.figshare.com/v2',
    figshareHosts: ['figshare.com'],
    hydroshareUrl: 'https://www.hydroshare.org',
  };
  const guard = createAddressGuard([], async (host) => [/^[\d.]+$/.test(host) ? host : '93.184.216.34']);
  const handleTo = (value: string) => ({ values: [{ type: 'URL', data: { value } }] });
  const DATES = { dates: [{ type: 'modified', start_date: '2019-09-25T16:04:30.123Z' }] };
  const PACKAGE = { success: true, result: { metadata_modified: '2024-04-02T02:10:31.000000', resources: [] } };

  /** Resolves with a server that stands for all hosts and has these answers; what was asked is told by host. */
  const resolve = async (provider: string, spec: string, answers: Readonly<Record<string, unknown>>) => {
    await using server = await startAnsweringServer(({ path }) => {
      const [, body] = Object.entries(answers).find(([part]) => path.includes(part)) ?? [];
      return { status: body === undefined ? 404 : 200, body: JSON.stringify(body ?? {}) };
    });
    const asked: string[] = [];
    const local = createGuardedRequest(createAddressGuard([new URL(server.origin).host]));
    const request: GuardedRequest = async (url, options) => {
      await guard(url);
      asked.push(url.href);
      return local(new URL(`${url.pathname}${url.search}`, server.origin), options);
    };
    const outcome = await providerOf(provider, { settings, request })
      .resolve(spec, never())
      .catch((error: unknown) => error as { code: string });
    return { outcome, asked };
  };

  it.each([
    ['https://www.hydroshare.org/resource/142c59757ed54de1816777828c9716e7', '142c59757ed54de1816777828c9716e7'],
    [
      'https%3A%2F%2Fwww.hydroshare.org%2Fresource%2F142c59757ed54de1816777828c9716e7',
      '142c59757ed54de1816777828c9716e7',
    ],
    ['10.4211/hs.b8f6eae9d89241cf8b5904033460af61', 'b8f6eae9d89241cf8b5904033460af61'],
    ['8f7c2f0341ef4180b0dbe97f59130756', '8f7c2f0341ef4180b0dbe97f59130756'],
  ])('hydroshare %s is the resource %s', async (spec, id) => {
    const { outcome } = await resolve('hydroshare', spec, { scimeta: DATES, files: { results: [] } });
    const address = `https://www.hydroshare.org/resource/${id}`;
    expect(outcome).toMatchObject({
      record: { version: `${id}.v1569427470` },
      repoUrl: address,
      persistentSpec: encodeURIComponent(address),
    });
  });

  it('dataverse 10.7910/DVN/TJCLKP is the newest version of where its DOI leads', async () => {
    const { outcome, asked } = await resolve('dataverse', '10.7910/DVN/TJCLKP', {
      handles: handleTo('https://dataverse.harvard.edu/dataset.xhtml?persistentId=doi:10.7910/DVN/TJCLKP'),
      ':latest-published': { data: { versionNumber: 3, versionMinorNumber: 0, files: [] } },
    });
    expect(outcome).toMatchObject({ record: { version: '3.0' }, persistentSpec: '10.7910/DVN/TJCLKP' });
    expect(asked.map((address) => new URL(address).host)).toEqual(['doi.org', 'dataverse.harvard.edu']);
  });

  it.each([
    ['https://demo.ckan.org/dataset/my-sample-dataset-001', 'my-sample-dataset-001', 'package_show?id=my-sample'],
    ['https%3A%2F%2Fx.org%2Fprefix%2Fdataset%2Fd1', 'd1', 'https://x.org/prefix/api/3/action/package_show?id=d1'],
    [
      'https://data.depositar.io/dataset/sea-turtle/?activity_id=93df7fd0-0edc-4ebf-bac7-fbf5f78de90b',
      'sea-turtle',
      'activity_data_show?id=93df7fd0-0edc-4ebf-bac7-fbf5f78de90b&object_type=package',
    ],
    [
      'https://data.depositar.io/dataset/sea-turtle/history/93df7fd0-0edc-4ebf-bac7-fbf5f78de90b',
      'sea-turtle',
      'activity_data_show?id=93df7fd0-0edc-4ebf-bac7-fbf5f78de90b&object_type=package',
    ],
  ])('ckan %s is the dataset %s', async (spec, dataset, asked) => {
    const found = await resolve('ckan', spec, { package_show: PACKAGE, activity_data_show: PACKAGE });
    expect(found.outcome).toMatchObject({ record: { version: `${dataset}.v1712023831` } });
    expect(found.asked).toEqual([expect.stringContaining(asked)]);
  });

  it.each([
    ['ckan', 'https://demo.ckan.org/group/roger', {}, 'REPO_SPEC_INVALID'],
    ['ckan', 'http%3A%2F%2F169.254.169.254%2Fdataset%2Fx', { package_show: PACKAGE }, 'REPO_HOST_REFUSED'],
    ['ckan', 'https%3A%2F%2F169.254.169.254%2Fdataset%2Fx', { package_show: PACKAGE }, 'REPO_HOST_REFUSED'],
    [
      'figshare',
      '10.6084/m9.figshare.9782777',
      { handles: handleTo('https://figshare.com/articles/9782777') },
      'REPO_NOT_FOUND',
    ],
    ['zenodo', '10.5281/zenodo.1', { handles: handleTo('https://elsewhere.example/x') }, 'REPO_SPEC_INVALID'],
  ])('refuses %s %s', async (...[provider, spec, answers, code]) => {
    expect((await resolve(provider, spec, answers)).outcome).toMatchObject({ code });
  });

  it('refuses what a redirect leads to inside of the network', async () => {
    await using archive = await startAnsweringServer(() => ({
      status: 302,
      headers: { location: 'https://10.0.0.1/' },
    }));
    const request = requestTo({ host: new URL(archive.origin).host });
    const provider = providerOf('zenodo', { settings: { ...settings, doiUrl: archive.origin }, request });
    expect((await refusalOf(provider, '10.5281/zenodo.1')).code).toBe('REPO_HOST_REFUSED');
  });
});
