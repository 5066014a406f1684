import { tmpdir } from 'node:os';
import { createRepositoryFetcher } from '../builder/fetch/repository-fetcher.ts';
import type { Settings } from '../contracts/settings.ts';
import { createAddressGuard } from '../platform/address-guard.ts';
import { createGit } from '../platform/git-command.ts';
import { createTemporaryDirectory } from '../platform/temporary-directory.ts';
import { environment } from './environment.ts';
import { listenForStop } from './listen-for-stop.ts';
import type { SourceOptions } from './plan.ts';
import { reportToTerminal } from './report.ts';
import { resolveSource } from './resolve-source.ts';

/** The content of a source; disposing it removes what was downloaded. */
export type FetchedSource = AsyncDisposable & { readonly directory: string };

/** Brings what a command names here, as a build would, and shows how that goes. Throws REPO_ and FETCH_ errors. */
export const fetchSource = async (
  source: string,
  { ref = 'HEAD', subdir }: SourceOptions,
  settings: Settings,
): Promise<FetchedSource> => {
  const signal = listenForStop();
  const { repository, fetcher } = await resolveSource(source, { settings, ref, signal });
  const surroundings = { git: createGit(environment), guard: createAddressGuard(settings.allowHosts) };
  const request = { imageName: '', repository, ...(subdir === undefined ? {} : { subdir }) };
  const temporary = await createTemporaryDirectory(tmpdir(), 'slipway-plan-');
  try {
    const run = (fetcher ?? createRepositoryFetcher(settings, surroundings)).fetch(request, temporary.path, signal);
    let next = await run.next();
    for (; next.done !== true; next = await run.next()) reportToTerminal(next.value);
    return { directory: next.value.directory, [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose]() };
  } catch (error) {
    await temporary[Symbol.asyncDispose]();
    throw error;
  }
};
