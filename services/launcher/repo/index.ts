import type { ProviderDisplay } from '../../contracts/repository.ts';
import type { Settings } from '../../contracts/settings.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { AddressGuard } from '../../platform/address-guard.ts';
import type { Clock } from '../../platform/clock.ts';
import type { RunGit } from '../../platform/git-command.ts';
import { createGuardedRequest } from '../../platform/guarded-request.ts';
import { createArchiveProviders } from './archive-provider.ts';
import { readForges } from './canonical-repository.ts';
import { createGistProvider } from './gist-provider.ts';
import { createGithubApi } from './github-api.ts';
import { createGithubProvider } from './github-provider.ts';
import { createGitlabApi } from './gitlab-api.ts';
import { createGitlabProvider } from './gitlab-provider.ts';
import { createGitProvider } from './git-provider.ts';
import { measureLookups, type LookupOutcome } from './measured-lookup.ts';
import { rememberLookups } from './remembered-lookup.ts';
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
  readonly settings: Pick<Settings, 'github' | 'gitlab' | 'archives' | 'lookupTimeoutSeconds' | 'lookupCacheSeconds'>;
  readonly git: RunGit;
  readonly guard: AddressGuard;
  readonly clock: Clock;
  readonly onGithubRemaining: (remaining: number) => void;
  readonly onLookup: (outcome: LookupOutcome) => void;
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

/** All providers, in BinderHub's order, which is that of the pages. A new one is a file beside this one and a line here. */
const createAll = ({ settings, git, guard, clock, onGithubRemaining }: RepoProviderParts): readonly RepoProvider[] => {
  const timeoutMs = settings.lookupTimeoutSeconds * 1000;
  const forges = readForges(settings);
  const { github, gitlab, archives } = settings;
  const request = createGuardedRequest(guard);
  const api = createGithubApi({ settings: github, clock, onRemaining: onGithubRemaining, timeoutMs });
  return [
    createGithubProvider({ api, forges }),
    createGistProvider({ api, forges, allowSecret: github.secretGists }),
    createGitProvider({ git, guard, forges, timeoutMs }),
    createGitlabProvider({
      api: createGitlabApi({ settings: gitlab, request, clock, timeoutMs }),
      forges,
      address: gitlab.url,
    }),
    ...createArchiveProviders({ settings: archives, request, timeoutMs }),
  ];
};

/** All providers of this server, which remember what they found for a moment. */
export const createRepoProviders = (parts: RepoProviderParts): RepoProviders => {
  const { clock, onLookup, settings } = parts;
  const seconds = settings.lookupCacheSeconds;
  const providers = createAll(parts).map((provider) => measureLookups(provider, { clock, onLookup }));
  return createRegistry(providers.map((provider) => rememberLookups(provider, { seconds, clock })));
};
