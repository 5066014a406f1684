import type { ProviderDisplay } from '../../contracts/repository.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { Clock } from '../../platform/clock.ts';
import { makeCanonical } from './canonical-repository.ts';
import { explainGithubError } from './explain-github-error.ts';
import {
  createGithubCommits,
  type FindGithubCommit,
  type GithubAnswer,
  type GithubSettings,
} from './github-commits.ts';
import { parseCommit } from '../../platform/git-ref.ts';
import { parseGithubSpec, type GithubSpec } from './parse-github-spec.ts';
import type { RepoProvider } from './repo-provider.ts';

export type GithubProviderParts = {
  readonly settings: GithubSettings;
  readonly clock: Clock;
  /** Told how many requests GitHub still allows, whenever it says so. */
  readonly onRemaining?: (remaining: number) => void;
  readonly timeoutMs?: number;
};

const TIMEOUT_MS = 10_000;

const makeDisplay = (host: string): ProviderDisplay => ({
  displayName: 'GitHub',
  id: 'gh',
  spec: { validateRegex: '[^/]+/[^/]+/.+' },
  detect: { regex: `^(https?://${host.replaceAll('.', String.raw`\.`)}/)?(?<repo>.*[^/])/?` },
  repo: { label: 'GitHub repository name or address', placeholder: 'owner/repository', urlEncode: false },
  ref: { enabled: true, default: 'HEAD' },
});

const ask = async (
  find: FindGithubCommit,
  spec: GithubSpec,
  { parts, signal }: { parts: GithubProviderParts; signal: AbortSignal },
): Promise<GithubAnswer> => {
  const timeout = AbortSignal.timeout(parts.timeoutMs ?? TIMEOUT_MS);
  try {
    return await find(spec, AbortSignal.any([signal, timeout]));
  } catch (error) {
    signal.throwIfAborted();
    if (timeout.aborted)
      throw new SlipwayError('REPO_UNREACHABLE', { message: 'GitHub did not answer in time.', cause: error });
    throw explainGithubError(error, spec, parts.clock.now());
  }
};

/** Public repositories of GitHub, or of one GitHub Enterprise host: `owner/repository/ref`. */
export const createGithubProvider = (parts: GithubProviderParts): RepoProvider => {
  const { host } = parts.settings;
  const find = createGithubCommits(parts.settings);
  const display = makeDisplay(host);
  return {
    display,
    resolve: async (spec, signal) => {
      const { commit, remaining } = await ask(find, parseGithubSpec(spec), { parts, signal });
      if (remaining !== undefined) parts.onRemaining?.(remaining);
      const { owner, repo } = commit;
      const sha = parseCommit(commit.sha);
      if (sha === undefined)
        throw new SlipwayError('REPO_UNREACHABLE', { message: 'GitHub gave an answer that is not a commit.' });
      const repoUrl = `https://${host}/${owner}/${repo}`;
      return {
        provider: display.id,
        canonical: makeCanonical(new URL(repoUrl), host),
        cloneUrl: repoUrl,
        commit: sha,
        repoUrl,
        refUrl: `${repoUrl}/tree/${sha}`,
        persistentSpec: `${owner}/${repo}/${sha}`,
      };
    },
  };
};
