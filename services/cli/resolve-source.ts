import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import {
  createDataverseApi,
  parseDataverseAddress,
  type DataverseAddress,
} from '../builder/fetch/archive/dataverse-api.ts';
import { createDataverseFetcher } from '../builder/fetch/archive/dataverse-fetcher.ts';
import { createSoftwareHeritageApi } from '../builder/fetch/archive/software-heritage-api.ts';
import { createSoftwareHeritageFetcher } from '../builder/fetch/archive/software-heritage-fetcher.ts';
import { parseSwhid, renderSwhid, type Swhid } from '../builder/fetch/archive/swhid.ts';
import type { ContentFetcher } from '../builder/fetch/content-fetcher.ts';
import { createLocalDirectory } from '../builder/fetch/local-directory.ts';
import type { ResolvedRepository } from '../contracts/repository.ts';
import type { Settings } from '../contracts/settings.ts';
import { SlipwayError } from '../contracts/slipway-error.ts';
import { createGitProvider } from '../launcher/repo/git-provider.ts';
import { createAddressGuard } from '../platform/address-guard.ts';
import { systemClock } from '../platform/clock.ts';
import { createGit } from '../platform/git-command.ts';
import { createGuardedRequest } from '../platform/guarded-request.ts';
import { environment } from './environment.ts';
import { isDirectory } from './plan.ts';

/** What is built, and how it is fetched when that is not by git. */
export type ResolvedSource = { readonly repository: ResolvedRepository; readonly fetcher?: ContentFetcher };

type Resolution = { readonly settings: Settings; readonly ref: string; readonly signal: AbortSignal };

/** A directory has no commit; its image is named after its path and says so with this. */
const NO_COMMIT = '0'.repeat(40);

const resolveDirectory = (directory: string): ResolvedSource => ({
  repository: {
    provider: 'local',
    canonical: `local${directory}`,
    cloneUrl: directory,
    commit: NO_COMMIT,
    repoUrl: directory,
    refUrl: directory,
    persistentSpec: basename(directory),
  },
  fetcher: createLocalDirectory(directory),
});

const SOFTWARE_HERITAGE = 'archive.softwareheritage.org';

const resolveSwhid = (swhid: Swhid, { allowHosts, softwareHeritage, build }: Settings): ResolvedSource => {
  const persistentSpec = renderSwhid(swhid);
  const address = `https://${SOFTWARE_HERITAGE}/${persistentSpec}`;
  const canonical = `${SOFTWARE_HERITAGE}/${swhid.kind}`;
  const urls = { cloneUrl: address, repoUrl: address, refUrl: address };
  const request = createGuardedRequest(createAddressGuard(allowHosts));
  return {
    repository: { provider: 'swh', canonical, commit: swhid.hash, ...urls, persistentSpec },
    fetcher: createSoftwareHeritageFetcher({
      swhid,
      api: createSoftwareHeritageApi(request, softwareHeritage.apiUrl),
      clock: systemClock,
      timeoutMs: build.fetchTimeoutSeconds * 1000,
      maxBytes: build.maxRepositoryMib * 2 ** 20,
    }),
  };
};

/** A version of a dataset never changes once it is published, so what names it stands for a commit. */
const resolveDataset = async (address: DataverseAddress, { settings, signal }: Resolution): Promise<ResolvedSource> => {
  const { allowHosts, build } = settings;
  const api = createDataverseApi(createGuardedRequest(createAddressGuard(allowHosts)));
  const version = await api.version(address, signal);
  const { origin, persistentId } = address;
  const number = `${version.versionNumber}.${version.versionMinorNumber}`;
  const url = `${origin}/dataset.xhtml?${new URLSearchParams({ persistentId, version: number }).toString()}`;
  const canonical = `${new URL(origin).host}/${persistentId}`;
  const commit = createHash('sha1').update(`${canonical} ${number}`).digest('hex');
  const limits = { timeoutMs: build.fetchTimeoutSeconds * 1000, maxBytes: build.maxRepositoryMib * 2 ** 20 };
  const urls = { cloneUrl: url, repoUrl: url, refUrl: url };
  return {
    repository: { provider: 'dataverse', canonical, commit, ...urls, persistentSpec: `${persistentId} ${number}` },
    fetcher: createDataverseFetcher({ api, address, version, ...limits }),
  };
};

const resolveAddress = async (address: string, { settings, ref, signal }: Resolution): Promise<ResolvedSource> => {
  if (!URL.canParse(address) || address.startsWith('swh:')) {
    throw new SlipwayError('REPO_SPEC_INVALID', {
      message: `${address} is neither a directory nor an address.`,
      hint: 'Name a directory, the address of a repository that starts with https://, or a SWHID: swh:1:dir:… or swh:1:rev:….',
    });
  }
  const provider = createGitProvider({
    git: createGit(environment),
    guard: createAddressGuard(settings.allowHosts),
    githubHost: settings.github.host,
    timeoutMs: settings.lookupTimeoutSeconds * 1000,
  });
  return {
    repository: await provider.resolve(`${encodeURIComponent(address)}/${encodeURIComponent(ref)}`, signal),
  };
};

/** Finds out what a command was told to build: a directory, an identifier of Software Heritage, a dataset, or a repository. */
export const resolveSource = async (source: string, resolution: Resolution): Promise<ResolvedSource> => {
  if (isDirectory(source)) return resolveDirectory(resolve(source));
  const swhid = parseSwhid(source);
  if (swhid !== undefined) return resolveSwhid(swhid, resolution.settings);
  const dataset = parseDataverseAddress(source);
  return dataset === undefined ? resolveAddress(source, resolution) : resolveDataset(dataset, resolution);
};
