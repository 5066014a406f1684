import type { ProviderDisplay } from '../../contracts/repository.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { AddressGuard } from '../../platform/address-guard.ts';
import type { Clock } from '../../platform/clock.ts';
import type { RunGit } from '../../platform/git-command.ts';
import type { GithubSettings } from './github-commits.ts';
import { createGithubProvider } from './github-provider.ts';
import { createGitProvider } from './git-provider.ts';
import type { RepoProvider } from './repo-provider.ts';

/** The providers by the prefix that links name them with. */
export type RepoProviders = {
  /** Throws REPO_PROVIDER_UNKNOWN. */
  get(id: string): RepoProvider;
  has(id: string): boolean;
  /** In the order in which pages offer them. */
  displays(): readonly ProviderDisplay[];
};

export type RepoProviderParts = {
  readonly github: GithubSettings;
  readonly git: RunGit;
  readonly guard: AddressGuard;
  readonly clock: Clock;
  /** The longest that a repository host may take to answer. */
  readonly timeoutMs?: number;
  readonly onGithubRemaining?: (remaining: number) => void;
};

/** Makes a registry of the given providers; their order is the order of the pages. */
export const createRegistry = (providers: readonly RepoProvider[]): RepoProviders => {
  const byId = new Map(providers.map((provider) => [provider.display.id, provider]));
  return {
    get: (id) => {
      const provider = byId.get(id);
      if (provider !== undefined) return provider;
      throw new SlipwayError('REPO_PROVIDER_UNKNOWN', {
        message: `There is no repository provider of the name ${id}.`,
        hint: `Use one of: ${[...byId.keys()].join(', ')}. The home page makes links for each of them.`,
      });
    },
    has: (id) => byId.has(id),
    displays: () => [...byId.values()].map(({ display }) => display),
  };
};

/** All providers of this server. A new one is a file beside this one and a line here. */
export const createRepoProviders = (parts: RepoProviderParts): RepoProviders =>
  createRegistry([
    createGithubProvider({
      settings: parts.github,
      clock: parts.clock,
      ...(parts.onGithubRemaining === undefined ? {} : { onRemaining: parts.onGithubRemaining }),
    }),
    createGitProvider({
      git: parts.git,
      guard: parts.guard,
      githubHost: parts.github.host,
      ...(parts.timeoutMs === undefined ? {} : { timeoutMs: parts.timeoutMs }),
    }),
  ]);
