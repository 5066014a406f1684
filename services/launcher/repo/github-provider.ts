import type { ProviderDisplay } from '../../contracts/repository.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { parseCommit } from '../../platform/git-ref.ts';
import { makeCanonical, type ForgeHosts } from './canonical-repository.ts';
import type { GithubApi } from './github-api.ts';
import { parseGithubSpec, type GithubSpec } from './parse-github-spec.ts';
import { makeDetectRegex, type RepoProvider } from './repo-provider.ts';

export type GithubProviderParts = {
  readonly api: GithubApi;
  readonly forges: ForgeHosts;
};

/** What the API says about a ref; owner and repository as GitHub spells them today, also after a rename. */
type GithubCommit = GithubSpec & { readonly sha: string };

const makeDisplay = (host: string): ProviderDisplay => ({
  displayName: 'GitHub',
  id: 'gh',
  spec: { validateRegex: '[^/]+/[^/]+/.+' },
  detect: { regex: makeDetectRegex(host) },
  repo: { label: 'GitHub repository name or address', placeholder: 'owner/repository', urlEncode: false },
  ref: { enabled: true, default: 'HEAD' },
});

/** A renamed repository answers under its new name, which is the one that can be cloned without a redirect. */
const readCommit = (data: { html_url?: string; sha: string }, { owner, repo, ref }: GithubSpec): GithubCommit => {
  const [, newOwner, newRepo] = URL.parse(data.html_url ?? '')?.pathname.split('/') ?? [];
  return { owner: newOwner ?? owner, repo: newRepo ?? repo, ref, sha: data.sha };
};

const findCommit = (api: GithubApi, spec: GithubSpec, signal: AbortSignal): Promise<GithubCommit> => {
  const { owner, repo, ref } = spec;
  const question = {
    name: { kind: 'repository', name: `${owner}/${repo}`, ref },
    key: ['commit', owner.toLowerCase(), repo.toLowerCase(), ref].join('/'),
    send: (...[octokit, options]: Parameters<Parameters<GithubApi>[0]['send']>) =>
      octokit.repos.getCommit({ ...spec, per_page: 1, ...options }),
    read: (data: { html_url?: string; sha: string }) => readCommit(data, spec),
  } as const;
  return api(question, signal);
};

/** Public repositories of GitHub, or of one GitHub Enterprise host: `owner/repository/ref`. */
export const createGithubProvider = ({ api, forges }: GithubProviderParts): RepoProvider => {
  const host = forges.github;
  const display = makeDisplay(host);
  return {
    display,
    resolve: async (spec, signal) => {
      const { owner, repo, sha } = await findCommit(api, parseGithubSpec(spec), signal);
      const commit = parseCommit(sha ?? '');
      if (commit === undefined)
        throw new SlipwayError('REPO_UNREACHABLE', { message: 'GitHub gave an answer that is not a commit.' });
      const repoUrl = `https://${host}/${owner}/${repo}`;
      return {
        provider: display.id,
        canonical: makeCanonical(new URL(repoUrl), forges),
        cloneUrl: repoUrl,
        commit,
        repoUrl,
        refUrl: `${repoUrl}/tree/${commit}`,
        persistentSpec: `${owner}/${repo}/${commit}`,
      };
    },
  };
};
