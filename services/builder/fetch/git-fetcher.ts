import type { BuildRequest } from '../../contracts/build.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { AddressGuard } from '../../platform/address-guard.ts';
import type { RunGit } from '../../platform/git-command.ts';
import type { ContentFetcher, FetchedContent } from './content-fetcher.ts';
import { toHostError } from './fetch-failure.ts';
import { findSubdirectory } from './find-subdirectory.ts';
import { checkOutCommit, type Checkout } from './git-checkout.ts';
import { measureDirectory, watchSize } from './watch-size.ts';

export type GitFetcherOptions = {
  readonly git: RunGit;
  readonly guard: AddressGuard;
  readonly timeoutMs: number;
  readonly maxBytes: number;
};

const FULL_COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;

type Fetch = Checkout & Pick<GitFetcherOptions, 'maxBytes'>;

const fetchTree = async function* (fetch: Fetch, request: BuildRequest): AsyncGenerator<string, FetchedContent> {
  const { cloneUrl, commit } = request.repository;
  if (!FULL_COMMIT.test(commit)) throw new SlipwayError('FETCH_COMMIT_MISSING');
  yield `Fetching ${request.repository.canonical} at ${commit}\n`;
  const { subdir: directory = '' } = request;
  const committedAt = yield* checkOutCommit(fetch, { remote: new URL(cloneUrl), commit, directory });
  if ((await measureDirectory(fetch.into)) > fetch.maxBytes) throw makeTooLargeError(fetch.maxBytes);
  return { directory: await findSubdirectory(fetch.into, directory), committedAt };
};

const makeTooLargeError = (maxBytes: number): SlipwayError =>
  new SlipwayError('FETCH_TOO_LARGE', {
    message: `The repository is larger than the ${Math.floor(maxBytes / 2 ** 20)} MiB that this server allows.`,
  });

/** Fetches commits with the git command over http(s); keeps the promises of ContentFetcher. */
export const createGitFetcher = (options: GitFetcherOptions): ContentFetcher => ({
  async *fetch(request, into, signal) {
    const stop = new AbortController();
    const limit = AbortSignal.timeout(options.timeoutMs);
    const stopped = AbortSignal.any([signal, stop.signal, limit]);
    await using _watch = watchSize(into, options.maxBytes, () => stop.abort(makeTooLargeError(options.maxBytes)));
    try {
      return yield* fetchTree({ ...options, into, signal: stopped }, request);
    } catch (error) {
      signal.throwIfAborted();
      stop.signal.throwIfAborted();
      throw limit.aborted ? new SlipwayError('FETCH_TIMEOUT', { cause: error }) : toHostError(error);
    }
  },
});
