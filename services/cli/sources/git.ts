import { readForges } from '../../launcher/repo/canonical-repository.ts';
import { createGitProvider } from '../../launcher/repo/git-provider.ts';
import { createAddressGuard } from '../../platform/address-guard.ts';
import { createGit } from '../../platform/git-command.ts';
import { environment } from '../environment.ts';
import type { Source } from './source.ts';

/** The address of a Git repository, which any address may be. */
export const resolveGit: Source = async (text, { settings, ref, signal }) => {
  if (!URL.canParse(text) || /^(swh|doi):/.test(text)) return undefined;
  const provider = createGitProvider({
    git: createGit(environment),
    guard: createAddressGuard(settings.allowHosts),
    forges: readForges(settings),
    timeoutMs: settings.lookupTimeoutSeconds * 1000,
  });
  const spec = `${encodeURIComponent(text)}/${encodeURIComponent(ref)}`;
  return { repository: await provider.resolve(spec, signal) };
};
