import type { Settings } from '../../contracts/settings.ts';
import type { AddressGuard } from '../../platform/address-guard.ts';
import type { RunGit } from '../../platform/git-command.ts';
import type { ContentFetcher } from './content-fetcher.ts';
import { createGitFetcher } from './git-fetcher.ts';

const MIB = 2 ** 20;

/** The fetcher of git repositories, within the limits of the settings. */
export const createRepositoryFetcher = (
  { build }: Pick<Settings, 'build'>,
  { git, guard }: { readonly git: RunGit; readonly guard: AddressGuard },
): ContentFetcher =>
  createGitFetcher({
    git,
    guard,
    timeoutMs: build.fetchTimeoutSeconds * 1000,
    maxBytes: build.maxRepositoryMib * MIB,
  });
