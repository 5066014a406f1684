import type { Settings } from '../../contracts/settings.ts';
import type { AddressGuard } from '../../platform/address-guard.ts';
import type { RunGit } from '../../platform/git-command.ts';
import { createGuardedRequest } from '../../platform/guarded-request.ts';
import { createArchiveFetcher } from './archive/archive-fetcher.ts';
import type { ContentFetcher } from './content-fetcher.ts';
import { createGitFetcher } from './git-fetcher.ts';

const MIB = 2 ** 20;

/** The fetcher of what launches name, Git repositories and records of archives, within the limits of the settings. */
export const createRepositoryFetcher = (
  { build, archives }: Pick<Settings, 'build' | 'archives'>,
  { git, guard }: { readonly git: RunGit; readonly guard: AddressGuard },
): ContentFetcher => {
  const limits = { timeoutMs: build.fetchTimeoutSeconds * 1000, maxBytes: build.maxRepositoryMib * MIB };
  const commits = createGitFetcher({ git, guard, ...limits });
  const records = createArchiveFetcher({ archives, request: createGuardedRequest(guard), ...limits });
  return {
    fetch: (request, into, signal) =>
      (request.repository.record === undefined ? commits : records).fetch(request, into, signal),
  };
};
