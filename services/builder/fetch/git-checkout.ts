import { lstatSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { AddressGuard } from '../../platform/address-guard.ts';
import type { RunGit } from '../../platform/git-command.ts';
import { isCommitIdRefused, makeFetchError, toHostError } from './fetch-failure.ts';
import { isBeside, locatePromisor, narrowCheckout, PROMISOR, WITHOUT_FILES } from './partial-clone.ts';
import { parseSubmodules, resolveSubmodule, toSubmoduleError, type Submodule } from './submodules.ts';

export type Checkout = {
  readonly git: RunGit;
  readonly guard: AddressGuard;
  readonly timeoutMs: number;
  readonly into: string;
  readonly signal: AbortSignal;
};

/** `directory`: all that is wanted of the commit, without slashes at its ends; '' for everything. */
type Source = { readonly remote: URL; readonly commit: string; readonly directory: string };

const EVERYTHING = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
/** A link must arrive as a link and a text as it was committed, whatever this machine prefers. */
const CHECKOUT = ['-c', 'core.symlinks=true', '-c', 'core.autocrlf=false', 'checkout', '--quiet', '--force'];

/** A transfer that stands still is over long before the time limit: 100 bytes a second, for 30 seconds. */
const STALL_LIMIT = ['-c', 'http.lowSpeedLimit=100', '-c', 'http.lowSpeedTime=30'];

/** Submodules of submodules: more levels than anybody uses, few enough that a chain ends. */
const MAX_DEPTH = 8;

const runLocal = async ({ git, into, signal, timeoutMs }: Checkout, args: readonly string[]): Promise<string> => {
  const { exitCode, stdout, stderr } = await git(args, { cwd: into, signal, timeoutMs });
  if (exitCode === 0) return stdout;
  throw makeFetchError(stderr);
};

const runFetch = ({ git, guard, into, signal, timeoutMs }: Checkout, remote: URL, args: readonly string[]) => {
  const quiet = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules'];
  const options = { cwd: into, signal, timeoutMs, remote, guard };
  return git([...STALL_LIMIT, ...locatePromisor(remote.href), ...quiet, ...args], options);
};

const initialise = (fetch: Checkout, commit: string): Promise<string> =>
  runLocal(fetch, ['init', '--quiet', `--object-format=${commit.length === 40 ? 'sha1' : 'sha256'}`]);

/** Gets a commit by its id without its history, or with all branches from servers that refuse single commits. */
const fetchCommit = async function* (fetch: Checkout, source: Source): AsyncGenerator<string, void> {
  const { remote, commit } = source;
  const from = source.directory === '' ? ['--', remote.href] : [...WITHOUT_FILES, '--', PROMISOR];
  const shallow = await runFetch(fetch, remote, ['--depth=1', ...from, commit]);
  if (shallow.exitCode === 0) return;
  if (!isCommitIdRefused(shallow.stderr)) throw makeFetchError(shallow.stderr);
  yield 'The host does not hand out single commits: fetching all branches and tags.\n';
  const full = await runFetch(fetch, remote, [...from, ...EVERYTHING]);
  if (full.exitCode !== 0) throw makeFetchError(full.stderr);
  const options = { cwd: fetch.into, signal: fetch.signal, timeoutMs: fetch.timeoutMs };
  const { exitCode } = await fetch.git(['cat-file', '-e', `${commit}^{commit}`], options);
  if (exitCode !== 0) throw new SlipwayError('FETCH_COMMIT_MISSING');
};

/** Writes what is wanted of the commit; the host is asked for the files that are not there yet. */
const writeFiles = async (fetch: Checkout, { remote, commit, directory }: Source): Promise<void> => {
  const { git, guard, into: cwd, signal, timeoutMs } = fetch;
  const run = (args: readonly string[]) =>
    git([...locatePromisor(remote.href), ...args], { cwd, signal, timeoutMs, remote, guard });
  if (directory !== '') await narrowCheckout(run, commit, directory);
  const { exitCode, stderr } = await run([...CHECKOUT, '--detach', commit, '--']);
  if (exitCode !== 0) throw makeFetchError(stderr);
};

/** Reads .gitmodules from the commit and not from disk, where it might be a link. */
const listSubmodules = async (fetch: Checkout, commit: string): Promise<readonly Submodule[]> => {
  if (lstatSync(join(fetch.into, '.gitmodules'), { throwIfNoEntry: false })?.isFile() !== true) return [];
  const keys = ['--get-regexp', '^submodule\\..*\\.(path|url)$'];
  const tree = await runLocal(fetch, ['ls-tree', '-r', '-z', '--full-tree', commit]);
  const options = { cwd: fetch.into, signal: fetch.signal, timeoutMs: fetch.timeoutMs };
  const { stdout } = await fetch.git(['config', '-z', `--blob=${commit}:.gitmodules`, ...keys], options);
  return parseSubmodules(tree, stdout);
};

const fetchSubmodule = async function* (
  fetch: Checkout,
  { path, commit, url }: Submodule,
  { parent, depth }: { readonly parent: URL; readonly depth: number },
): AsyncGenerator<string, void> {
  if (url === undefined) {
    yield `The submodule ${path} has no address in .gitmodules; its directory stays empty.\n`;
    return;
  }
  const into = join(fetch.into, path);
  try {
    const remote = resolveSubmodule(path, url, parent);
    if (depth >= MAX_DEPTH)
      throw new SlipwayError('FETCH_SUBMODULE_FAILED', { message: `The submodule ${path} is nested too deeply.` });
    yield `Fetching the submodule ${path} at ${commit}\n`;
    await mkdir(into, { recursive: true });
    yield* checkOutCommit({ ...fetch, into }, { remote, commit, directory: '' }, depth + 1);
  } catch (error) {
    fetch.signal.throwIfAborted();
    throw toSubmoduleError(path, toHostError(error));
  }
};

/**
 * Brings one commit, or what is wanted of it, and its submodules into a directory, without `.git`; gives the time of
 * the commit in seconds since 1970. A submodule is fetched by the same rules as its repository. Throws FETCH_ and
 * REPO_ errors.
 */
export const checkOutCommit = async function* (
  fetch: Checkout,
  source: Source,
  depth = 0,
): AsyncGenerator<string, number> {
  const { commit, remote, directory } = source;
  await initialise(fetch, commit);
  yield* fetchCommit(fetch, source);
  await writeFiles(fetch, source);
  const committedAt = Number((await runLocal(fetch, ['show', '-s', '--format=%ct', commit, '--'])).trim());
  const submodules = (await listSubmodules(fetch, commit)).filter(({ path }) => isBeside(path, directory));
  await rm(join(fetch.into, '.git'), { recursive: true, force: true });
  for (const submodule of submodules) yield* fetchSubmodule(fetch, submodule, { parent: remote, depth });
  return committedAt;
};
