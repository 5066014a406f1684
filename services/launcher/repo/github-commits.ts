import { Octokit, type RestEndpointMethodTypes } from '@octokit/rest';
import { LRUCache } from 'lru-cache';
import type { GithubSpec } from './parse-github-spec.ts';

export type GithubSettings = { readonly host: string; readonly apiUrl: string; readonly accessToken: string };

/** What the API says about a ref; owner and repository as GitHub spells them today, also after a rename. */
export type GithubCommit = { readonly owner: string; readonly repo: string; readonly sha: string };
export type GithubAnswer = { readonly commit: GithubCommit; readonly remaining: number | undefined };
export type FindGithubCommit = (spec: GithubSpec, signal: AbortSignal) => Promise<GithubAnswer>;

type Response = RestEndpointMethodTypes['repos']['getCommit']['response'];
type Cached = { readonly etag: string; readonly commit: GithubCommit };
type Headers = Readonly<Record<string, string | number | undefined>>;

const CACHE_ENTRIES = 1024;
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** How many requests GitHub still allows, where an answer says so. */
export const readRemaining = (headers: Headers | undefined): number | undefined => {
  const remaining = Number(headers?.['x-ratelimit-remaining'] ?? Number.NaN);
  return Number.isNaN(remaining) ? undefined : remaining;
};

/** A renamed repository answers under its new name, which is the one that can be cloned without a redirect. */
const readCommit = ({ data }: Response, { owner, repo }: GithubSpec): GithubCommit => {
  const [, newOwner, newRepo] = URL.parse(data.html_url ?? '')?.pathname.split('/') ?? [];
  return { owner: newOwner ?? owner, repo: newRepo ?? repo, sha: data.sha };
};

const isNotModified = (error: unknown): error is { response?: { headers: Headers } } =>
  (error as { status?: unknown }).status === 304;

/**
 * Asks GitHub's API for commits, with the entity tags of earlier answers: an answer that has not changed costs
 * nothing of the limit of an authorised client. Throws Octokit's RequestError.
 */
export const createGithubCommits = ({ apiUrl, accessToken }: GithubSettings): FindGithubCommit => {
  const cache = new LRUCache<string, Cached>({ max: CACHE_ENTRIES });
  const auth = accessToken === '' ? {} : { auth: accessToken };
  const octokit = new Octokit({ baseUrl: apiUrl, userAgent: 'slipway', log: silent, ...auth });
  return async (spec, signal) => {
    const key = [spec.owner.toLowerCase(), spec.repo.toLowerCase(), spec.ref].join('/');
    const cached = cache.get(key);
    const headers = cached === undefined ? {} : { 'if-none-match': cached.etag };
    try {
      const response = await octokit.repos.getCommit({ ...spec, per_page: 1, headers, request: { signal } });
      const commit = readCommit(response, spec);
      const { etag } = response.headers;
      if (etag !== undefined) cache.set(key, { etag, commit });
      return { commit, remaining: readRemaining(response.headers) };
    } catch (error) {
      if (cached === undefined || !isNotModified(error)) throw error;
      return { commit: cached.commit, remaining: readRemaining(error.response?.headers) };
    }
  };
};
