import type { ContentFetcher } from '../../builder/fetch/content-fetcher.ts';
import type { ResolvedRepository } from '../../contracts/repository.ts';
import type { Settings } from '../../contracts/settings.ts';

/** What is built, and how it is fetched when that is not by git. */
export type ResolvedSource = { readonly repository: ResolvedRepository; readonly fetcher?: ContentFetcher };

export type Resolution = { readonly settings: Settings; readonly ref: string; readonly signal: AbortSignal };

/**
 * Finds out what a text names; undefined when that is nothing of this kind. Asks nobody before the text looks like
 * one of its own. Throws REPO_ and FETCH_ errors.
 */
export type Source = (text: string, resolution: Resolution) => Promise<ResolvedSource | undefined>;

/** How long a download may take and how large it may be. */
export const readFetchLimits = ({ build }: Settings): { readonly timeoutMs: number; readonly maxBytes: number } => ({
  timeoutMs: build.fetchTimeoutSeconds * 1000,
  maxBytes: build.maxRepositoryMib * 2 ** 20,
});
