import type { ProviderDisplay } from '../../../services/contracts/repository.ts';

/** What every server has; the form works with these until, or unless, the server says more. */
export const BASIC_PROVIDERS: readonly [ProviderDisplay, ...ProviderDisplay[]] = [
  {
    displayName: 'GitHub',
    id: 'gh',
    spec: { validateRegex: '[^/]+/[^/]+/.+' },
    repo: { label: 'Repository', placeholder: 'owner/repository', urlEncode: false },
    ref: { enabled: true, default: 'HEAD' },
  },
  {
    displayName: 'Git repository',
    id: 'git',
    spec: { validateRegex: '[^/]+/.+' },
    repo: { label: 'Repository', placeholder: 'https://git.example.org/project.git', urlEncode: true },
    ref: { enabled: true, default: 'HEAD' },
  },
];

/** Asks the server which providers it has, in its order; the basic ones when it does not say. */
export const readProviders = async (): Promise<readonly ProviderDisplay[]> => {
  try {
    const answer = await fetch('/api/repoproviders', { headers: { accept: 'application/json' } });
    const providers: unknown = await answer.json();
    return answer.ok && Array.isArray(providers) && providers.length > 0 ? providers : BASIC_PROVIDERS;
  } catch {
    return BASIC_PROVIDERS;
  }
};
