import { SlipwayError } from '../../contracts/slipway-error.ts';
import { decodeSpec } from './decode-spec.ts';
import { isRefName } from '../../platform/git-ref.ts';

export type GithubSpec = { readonly owner: string; readonly repo: string; readonly ref: string };

const OWNER = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]*)$/;
const REPO = /^[A-Za-z0-9._-]+$/;

const refuse = (message: string, hint?: string): never => {
  throw new SlipwayError('REPO_SPEC_INVALID', { message, hint });
};

/** Reads `owner/repo/ref`, percent-encoded; the ref may contain slashes. Throws REPO_SPEC_INVALID. */
export const parseGithubSpec = (spec: string): GithubSpec => {
  const [owner = '', name = '', ...rest] = spec.split('/').map(decodeSpec);
  const repo = name.replace(/\.git$/i, '');
  const ref = rest.join('/');
  if (name === '') refuse('A GitHub link needs an owner, a repository and a ref: gh/owner/repository/HEAD.');
  if (!OWNER.test(owner)) refuse(`${owner === '' ? 'Nothing' : owner} cannot be the owner of a GitHub repository.`);
  if (!REPO.test(repo) || /^\.+$/.test(repo)) refuse(`${name} cannot be the name of a GitHub repository.`);
  if (ref === '')
    refuse('The link names no branch, tag or commit.', `Use ${owner}/${repo}/HEAD to launch the default branch.`);
  if (!isRefName(ref)) refuse(`Git allows no branch or tag of the name ${ref}.`);
  return { owner, repo, ref };
};
