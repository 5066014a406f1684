import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildRequest } from '../../contracts/build.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { AddressGuard } from '../../platform/address-guard.ts';
import type { RunGit } from '../../platform/git-command.ts';
import type { ContentFetcher, FetchedContent } from './content-fetcher.ts';
import { isCommitIdRefused, makeFetchError, toHostError } from './fetch-failure.ts';
import { findSubdirectory } from './find-subdirectory.ts';
import { measureDirectory, watchSize } from './watch-size.ts';

export type GitFetcherOptions = {
  readonly git: RunGit;
  readonly guard: AddressGuard;
  readonly timeoutMs: number;
  readonly maxBytes: number;
};

const FULL_COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
const EVERYTHING = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
/** A link must arrive as a link and a text as it was committed, whatever this machine prefers. */
const CHECKOUT = ['-c', 'core.symlinks=true', '-c', 'core.autocrlf=false', 'checkout', '--quiet', '--force'];

/** A transfer that stands still is over long before the time limit: 100 bytes a second, for 30 seconds. */
const STALL_LIMIT = ['-c', 'http.lowSpeedLimit=100', '-c', 'http.lowSpeedTime=30'];

type Fetch = GitFetcherOptions & { readonly into: string; readonly signal: AbortSignal };

const runLocal = async ({ git, into, signal, timeoutMs }: Fetch, args: readonly string[]): Promise<string> => {
  const { exitCode, stdout, stderr } = await git(args, { cwd: into, signal, timeoutMs });
  if (exitCode === 0) return stdout;
  throw makeFetchError(stderr);
};

const runFetch = ({ git, guard, into, signal, timeoutMs }: Fetch, remote: URL, args: readonly string[]) => {
  const quiet = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
  const options = { cwd: into, signal, timeoutMs, remote, guard };
  return git([...STALL_LIMIT, ...quiet, ...args], options);
};

/** Gets a commit by its id without its history, or with all branches from servers that refuse single commits. */
const fetchCommit = async function* (fetch: Fetch, remote: URL, commit: string): AsyncGenerator<string, void> {
  const shallow = await runFetch(fetch, remote, ['--depth=1', '--', remote.href, commit]);
  if (shallow.exitCode === 0) return;
  if (!isCommitIdRefused(shallow.stderr)) throw makeFetchError(shallow.stderr);
  yield 'The host does not hand out single commits: fetching all branches and tags.\n';
  const full = await runFetch(fetch, remote, ['--', remote.href, ...EVERYTHING]);
  if (full.exitCode !== 0) throw makeFetchError(full.stderr);
  const options = { cwd: fetch.into, signal: fetch.signal, timeoutMs: fetch.timeoutMs };
  const { exitCode } = await fetch.git(['cat-file', '-e', `${commit}^{commit}`], options);
  if (exitCode !== 0) throw new SlipwayError('FETCH_COMMIT_MISSING');
};

const checkOut = async function* (fetch: Fetch, commit: string): AsyncGenerator<string, number> {
  await runLocal(fetch, [...CHECKOUT, '--detach', commit, '--']);
  const committedAt = Number((await runLocal(fetch, ['show', '-s', '--format=%ct', commit, '--'])).trim());
  await rm(join(fetch.into, '.git'), { recursive: true, force: true });
  if (existsSync(join(fetch.into, '.gitmodules')))
    yield 'The repository has submodules; they are not fetched, their directories stay empty.\n';
  return committedAt;
};

const fetchTree = async function* (fetch: Fetch, request: BuildRequest): AsyncGenerator<string, FetchedContent> {
  const { cloneUrl, commit } = request.repository;
  if (!FULL_COMMIT.test(commit)) throw new SlipwayError('FETCH_COMMIT_MISSING');
  yield `Fetching ${request.repository.canonical} at ${commit}\n`;
  await runLocal(fetch, ['init', '--quiet', `--object-format=${commit.length === 40 ? 'sha1' : 'sha256'}`]);
  yield* fetchCommit(fetch, new URL(cloneUrl), commit);
  const committedAt = yield* checkOut(fetch, commit);
  if ((await measureDirectory(fetch.into)) > fetch.maxBytes) throw makeTooLargeError(fetch.maxBytes);
  return { directory: await findSubdirectory(fetch.into, request.subdir ?? ''), committedAt };
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
