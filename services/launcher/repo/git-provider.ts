import type { ProviderDisplay } from '../../contracts/repository.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { isRefName, parseCommit } from '../../platform/git-ref.ts';
import { makeCanonical, type ForgeHosts } from './canonical-repository.ts';
import { decodeSpec } from './decode-spec.ts';
import { parseGitUrl } from './parse-git-url.ts';
import type { RepoProvider } from './repo-provider.ts';
import { refuseHost, resolveGitRef, type GitLookup, type GitPlace } from './resolve-git-ref.ts';

export type GitProviderParts = GitLookup & {
  /** The hosts of the other providers, so that all of them give one repository one name. */
  readonly forges: ForgeHosts;
};

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

/** The first part of a spec as it was sent, and the ref behind it in plain text. Throws REPO_SPEC_INVALID. */
export const splitRef = (spec: string): { readonly repo: string; readonly ref: string } => {
  const slash = spec.indexOf('/');
  const ref = slash < 0 ? '' : decodeSpec(spec.slice(slash + 1));
  if (ref === '')
    throw new SlipwayError('REPO_SPEC_INVALID', {
      message: 'The link names no branch, tag or commit.',
      hint: 'Add /HEAD at the end of the link for the default branch.',
    });
  if (!isRefName(ref))
    throw new SlipwayError('REPO_SPEC_INVALID', { message: `Git allows no branch or tag of the name ${ref}.` });
  return { repo: spec.slice(0, slash), ref };
};

const parseSpec = (spec: string): GitPlace => {
  const slash = spec.indexOf('/');
  const url = parseGitUrl(spec, decodeSpec(slash < 0 ? spec : spec.slice(0, slash)));
  return { url, ref: splitRef(spec).ref };
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
    if (known !== undefined) await parts.guard(parsed.url).catch(refuseHost);
    const { url, commit } =
      known === undefined ? await resolveGitRef(parts, parsed, signal) : { url: parsed.url, commit: known };
    return {
      provider: DISPLAY.id,
      canonical: makeCanonical(url, parts.forges),
      cloneUrl: url.href,
      commit,
      repoUrl: url.href,
      refUrl: url.href,
      persistentSpec: `${encodeURIComponent(url.href)}/${commit}`,
    };
  },
});
