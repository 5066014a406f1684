import { SlipwayError } from '../../contracts/slipway-error.ts';
import { HostRefusedError, HostUnresolvedError, type AddressGuard } from '../../platform/address-guard.ts';
import type { RunGit } from '../../platform/git-command.ts';
import { candidateRefs, findCommit } from '../../platform/git-ref.ts';
import { createGuardedRequest } from '../../platform/guarded-request.ts';
import type { CommandResult } from '../../platform/run-command.ts';

export type GitLookup = {
  readonly git: RunGit;
  readonly guard: AddressGuard;
  readonly timeoutMs?: number;
};

/** A ref of the repository at an address. */
export type GitPlace = { readonly url: URL; readonly ref: string };

const TIMEOUT_MS = 20_000;

/** Turns what the address guard throws into an error for people. */
export const refuseHost = (error: unknown): never => {
  if (error instanceof HostRefusedError)
    throw new SlipwayError('REPO_HOST_REFUSED', { message: `Not fetched from: ${error.message}.`, cause: error });
  if (error instanceof HostUnresolvedError)
    throw new SlipwayError('REPO_UNREACHABLE', {
      message: `The repository cannot be reached: ${error.message}.`,
      hint: 'Check the spelling of the host name.',
      cause: error,
    });
  throw error;
};

const isMoved = ({ exitCode, stderr }: CommandResult): boolean => exitCode !== 0 && /returned error: 30\d/.test(stderr);

/** Why `git ls-remote` failed, from what it prints in the C locale. */
const explainFailure = (result: CommandResult, url: URL): SlipwayError => {
  const { stderr, timedOut } = result;
  const details = { stderr };
  if (timedOut)
    return new SlipwayError('REPO_UNREACHABLE', { message: `${url.host} did not answer in time.`, details });
  if (isMoved(result))
    return new SlipwayError('REPO_NOT_FOUND', {
      message: `${url.host} says that the repository has moved.`,
      hint: 'Open the repository in a browser and use the address that it has there.',
      details,
    });
  if (/not found|could not read Username|Authentication failed|returned error: 40\d/i.test(stderr))
    return new SlipwayError('REPO_NOT_FOUND', { details });
  return new SlipwayError('REPO_UNREACHABLE', { message: `${url.host} did not answer as a Git server.`, details });
};

const explainMissing = (ref: string): SlipwayError => {
  if (ref === 'HEAD')
    return new SlipwayError('REPO_REF_NOT_FOUND', {
      message: 'The repository has no default branch; it may be empty.',
      hint: 'Name a branch or tag instead of HEAD, or push a first commit.',
    });
  return new SlipwayError('REPO_REF_NOT_FOUND', {
    message: `The repository has no branch or tag of the name ${ref}.`,
    hint: 'Check the spelling, or use HEAD for the default branch; a commit must be named by its full id.',
  });
};

const INFO_REFS = '/info/refs';

const refuseRedirect = (error: unknown, url: URL): never => {
  if (error instanceof HostRefusedError || error instanceof HostUnresolvedError) return refuseHost(error);
  throw new SlipwayError('REPO_UNREACHABLE', { message: `${url.host} redirects to no repository.`, cause: error });
};

/**
 * Where a repository has moved to, as its host says; undefined when that is no repository. Git itself follows no
 * redirect, for it would connect to whatever the redirect names.
 */
const findNewAddress = async (url: URL, parts: GitLookup, signal: AbortSignal): Promise<URL | undefined> => {
  const { guard, timeoutMs = TIMEOUT_MS } = parts;
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  let found = new URL(`${url.href}${INFO_REFS}?service=git-upload-pack`);
  const onRedirect = (next: URL): void => {
    found = next;
  };
  const response = await createGuardedRequest(guard)(found, { signal: limit, onRedirect }).catch((error: unknown) => {
    signal.throwIfAborted();
    return refuseRedirect(error, url);
  });
  response.destroy();
  if (response.statusCode !== 200 || !found.pathname.endsWith(INFO_REFS)) return undefined;
  const moved = new URL(found.origin);
  moved.pathname = found.pathname.slice(0, -INFO_REFS.length);
  return moved;
};

const listRefs = (parts: GitLookup, { url, ref }: GitPlace, signal: AbortSignal): Promise<CommandResult> => {
  const { git, guard, timeoutMs = TIMEOUT_MS } = parts;
  const args = ['ls-remote', '--quiet', '--', url.href, ...candidateRefs(ref)];
  return git(args, { timeoutMs, remote: url, guard, signal }).catch(refuseHost);
};

/** The commit that a ref names now, and the address that the repository has today. Throws REPO_ errors. */
export const resolveGitRef = async (
  parts: GitLookup,
  asked: GitPlace,
  signal: AbortSignal,
): Promise<{ readonly url: URL; readonly commit: string }> => {
  const { ref } = asked;
  let { url } = asked;
  let result = await listRefs(parts, asked, signal);
  if (isMoved(result)) {
    const moved = await findNewAddress(url, parts, signal);
    if (moved === undefined) throw explainFailure(result, url);
    url = moved;
    result = await listRefs(parts, { url, ref }, signal);
  }
  if (result.exitCode !== 0) throw explainFailure(result, url);
  const commit = findCommit(result.stdout, ref);
  if (commit === undefined) throw explainMissing(ref);
  return { url, commit };
};
