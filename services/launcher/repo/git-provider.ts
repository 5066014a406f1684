import type { ProviderDisplay } from '../../contracts/repository.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { HostRefusedError, HostUnresolvedError, type AddressGuard } from '../../platform/address-guard.ts';
import type { RunGit } from '../../platform/git-command.ts';
import type { CommandResult } from '../../platform/run-command.ts';
import { makeCanonical } from './canonical-repository.ts';
import { decodeSpec } from './decode-spec.ts';
import { candidateRefs, findCommit, isRefName, parseCommit } from '../../platform/git-ref.ts';
import { parseGitUrl } from './parse-git-url.ts';
import type { RepoProvider } from './repo-provider.ts';

export type GitProviderParts = {
  readonly git: RunGit;
  readonly guard: AddressGuard;
  /** The host of the gh provider, so that both give one repository one name. */
  readonly githubHost: string;
  readonly timeoutMs?: number;
};

const TIMEOUT_MS = 20_000;

const DISPLAY: ProviderDisplay = {
  displayName: 'Git repository',
  id: 'git',
  spec: { validateRegex: '[^/]+/.+' },
  repo: {
    label: 'Address of the Git repository',
    placeholder: 'https://git.example.org/group/repository',
    urlEncode: true,
  },
  ref: { enabled: true, default: 'HEAD' },
};

type GitSpec = { readonly url: URL; readonly ref: string };

const parseSpec = (spec: string): GitSpec => {
  const slash = spec.indexOf('/');
  const url = parseGitUrl(spec, decodeSpec(slash < 0 ? spec : spec.slice(0, slash)));
  const ref = slash < 0 ? '' : decodeSpec(spec.slice(slash + 1));
  if (ref === '')
    throw new SlipwayError('REPO_SPEC_INVALID', {
      message: 'The link names no branch, tag or commit.',
      hint: 'Add /HEAD at the end of the link for the default branch.',
    });
  if (!isRefName(ref))
    throw new SlipwayError('REPO_SPEC_INVALID', { message: `Git allows no branch or tag of the name ${ref}.` });
  return { url, ref };
};

const refuse = (error: unknown): never => {
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

/** Why `git ls-remote` failed, from what it prints in the C locale. */
const explainFailure = ({ stderr, timedOut }: CommandResult, url: URL): SlipwayError => {
  const details = { stderr };
  if (timedOut)
    return new SlipwayError('REPO_UNREACHABLE', { message: `${url.host} did not answer in time.`, details });
  if (/returned error: 30\d/.test(stderr))
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

const lookUp = async (parts: GitProviderParts, { url, ref }: GitSpec, signal: AbortSignal): Promise<string> => {
  const { git, guard, timeoutMs = TIMEOUT_MS } = parts;
  const args = ['ls-remote', '--quiet', '--', url.href, ...candidateRefs(ref)];
  const result = await git(args, { timeoutMs, remote: url, guard, signal }).catch(refuse);
  if (result.exitCode !== 0) throw explainFailure(result, url);
  const commit = findCommit(result.stdout, ref);
  if (commit === undefined) throw explainMissing(ref);
  return commit;
};

/**
 * Any Git repository that answers over https (http where the operator allows the host):
 * `<percent-encoded address>/<branch, tag, full commit or HEAD>`. A full commit is taken as it is.
 */
export const createGitProvider = (parts: GitProviderParts): RepoProvider => ({
  display: DISPLAY,
  resolve: async (spec, signal) => {
    const parsed = parseSpec(spec);
    const known = parseCommit(parsed.ref);
    if (known !== undefined) await parts.guard(parsed.url).catch(refuse);
    const commit = known ?? (await lookUp(parts, parsed, signal));
    return {
      provider: DISPLAY.id,
      canonical: makeCanonical(parsed.url, parts.githubHost),
      cloneUrl: parsed.url.href,
      commit,
      repoUrl: parsed.url.href,
      refUrl: parsed.url.href,
      persistentSpec: `${encodeURIComponent(parsed.url.href)}/${commit}`,
    };
  },
});
