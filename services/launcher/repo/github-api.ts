import type { Octokit } from '@octokit/rest';
import { LRUCache } from 'lru-cache';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { Clock } from '../../platform/clock.ts';
import { explainGithubError, type GithubName } from './explain-github-error.ts';
import { readRemaining, type ForgeHeaders } from './forge-errors.ts';

export type GithubSettings = { readonly host: string; readonly apiUrl: string; readonly accessToken: string };

export type GithubApiParts = {
  readonly settings: GithubSettings;
  readonly clock: Clock;
  /** Told how many requests GitHub still allows, whenever it says so. */
  readonly onRemaining?: (remaining: number) => void;
  readonly timeoutMs?: number;
};

type Response<Data> = { readonly data: Data; readonly headers: ForgeHeaders };
type RequestOptions = {
  readonly headers: Readonly<Record<string, string>>;
  readonly request: { readonly signal: AbortSignal };
};
type Question<Data, Found> = {
  /** What is asked for, for messages. */
  readonly name: GithubName;
  /** Equal questions have equal keys. */
  readonly key: string;
  readonly send: (octokit: Octokit, options: RequestOptions) => Promise<Response<Data>>;
  readonly read: (data: Data) => Found;
};

/** Asks GitHub's API. Throws SlipwayError with a REPO_ code. */
export type GithubApi = <Data, Found>(question: Question<Data, Found>, signal: AbortSignal) => Promise<Found>;

type Cached = { readonly etag: string; readonly found: unknown };

const TIMEOUT_MS = 10_000;
const CACHE_ENTRIES = 1024;
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const isNotModified = (error: unknown): error is { response?: { headers: ForgeHeaders } } =>
  (error as { status?: unknown }).status === 304;

/** Loads what knows GitHub's API at the first question. */
const openOctokit = async ({ apiUrl, accessToken }: GithubSettings): Promise<Octokit> => {
  const { Octokit } = await import('@octokit/rest');
  const auth = accessToken === '' ? {} : { auth: accessToken };
  return new Octokit({ baseUrl: apiUrl, userAgent: 'slipway', log: silent, ...auth });
};

/**
 * Makes what asks GitHub's API, with the entity tags of earlier answers: an answer that has not changed costs nothing
 * of the limit of an authorised client.
 */
export const createGithubApi = (parts: GithubApiParts): GithubApi => {
  const { settings, clock, onRemaining, timeoutMs = TIMEOUT_MS } = parts;
  const cache = new LRUCache<string, Cached>({ max: CACHE_ENTRIES });
  let octokit: Promise<Octokit> | undefined;

  const report = (headers: ForgeHeaders | undefined): void => {
    const remaining = readRemaining(headers);
    if (remaining !== undefined) onRemaining?.(remaining);
  };
  const ask = async <Data, Found>({ key, send, read }: Question<Data, Found>, signal: AbortSignal): Promise<Found> => {
    const cached = cache.get(key);
    const headers = cached === undefined ? {} : { 'if-none-match': cached.etag };
    try {
      octokit ??= openOctokit(settings);
      const response = await send(await octokit, { headers, request: { signal } });
      report(response.headers);
      const found = read(response.data);
      const { etag } = response.headers;
      if (typeof etag === 'string') cache.set(key, { etag, found });
      return found;
    } catch (error) {
      if (cached === undefined || !isNotModified(error)) throw error;
      report(error.response?.headers);
      return cached.found as Found;
    }
  };
  return async (question, signal) => {
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      return await ask(question, AbortSignal.any([signal, timeout]));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SlipwayError) throw error;
      if (timeout.aborted)
        throw new SlipwayError('REPO_UNREACHABLE', { message: 'GitHub did not answer in time.', cause: error });
      throw explainGithubError(error, question.name, clock.now());
    }
  };
};
