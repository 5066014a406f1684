import type { ProviderDisplay, ResolvedRepository } from '../../contracts/repository.ts';

/**
 * Understands one kind of repository address. Promises: `resolve` makes no request before the spec is checked;
 * throws SlipwayError with a REPO_ code; a repository that does not answer is REPO_UNREACHABLE within the
 * provider's time limit; credentials appear in nothing it returns or throws.
 */
export interface RepoProvider {
  readonly display: ProviderDisplay;
  /** `spec` is the percent-encoded rest of the path, without trailing slashes. */
  resolve(spec: string, signal: AbortSignal): Promise<ResolvedRepository>;
}

/** What a page takes off a pasted address to get the name that a forge's provider wants, as a JavaScript regex. */
export const makeDetectRegex = (host: string): string =>
  `^(https?://${host.replaceAll('.', String.raw`\.`)}/)?(?<repo>.*[^/])/?`;
