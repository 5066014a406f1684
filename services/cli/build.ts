import { tmpdir } from 'node:os';
import { basename, resolve } from 'node:path';
import { createLocalDirectory } from '../builder/fetch/local-directory.ts';
import { createBuilder } from '../builder/main.ts';
import type { BuildRequest } from '../contracts/build.ts';
import { makeImageName } from '../contracts/image-name.ts';
import type { ResolvedRepository } from '../contracts/repository.ts';
import type { Settings } from '../contracts/settings.ts';
import { fromErrorBody, SlipwayError } from '../contracts/slipway-error.ts';
import { createGitProvider } from '../launcher/repo/git-provider.ts';
import { createAddressGuard } from '../platform/address-guard.ts';
import { createGit } from '../platform/git-command.ts';
import { environment } from './environment.ts';
import { ensureEngine } from './ensure-engine.ts';
import { isDirectory } from './plan.ts';
import { readSettings, type SettingsOptions } from './read-settings.ts';
import { reportToTerminal as report } from './report.ts';
import { readSurroundings } from './surroundings.ts';

export type BuildOptions = SettingsOptions & {
  readonly ref?: string;
  readonly subdir?: string;
  readonly imageName?: string;
};

/** A directory has no commit; its image is named after its path and says so with this. */
const NO_COMMIT = '0'.repeat(40);

const describeDirectory = (directory: string): ResolvedRepository => ({
  provider: 'local',
  canonical: `local${directory}`,
  cloneUrl: directory,
  commit: NO_COMMIT,
  repoUrl: directory,
  refUrl: directory,
  persistentSpec: basename(directory),
});

const resolveAddress = async (address: string, ref: string, settings: Settings): Promise<ResolvedRepository> => {
  if (!URL.canParse(address)) {
    throw new SlipwayError('REPO_SPEC_INVALID', {
      message: `${address} is neither a directory nor an address.`,
      hint: 'Name a directory, or the address of a repository that starts with https://.',
    });
  }
  const provider = createGitProvider({
    git: createGit(environment),
    guard: createAddressGuard(settings.allowHosts),
    githubHost: settings.github.host,
    timeoutMs: settings.lookupTimeoutSeconds * 1000,
  });
  return provider.resolve(`${encodeURIComponent(address)}/${encodeURIComponent(ref)}`, AbortSignal.timeout(600_000));
};

const makeRequest = (
  repository: ResolvedRepository,
  { subdir, imageName }: BuildOptions,
  prefix: string,
): BuildRequest => {
  const { canonical, commit } = repository;
  const name = imageName ?? makeImageName({ prefix, canonical, commit, subdir });
  return { imageName: name, repository, ...(subdir === undefined ? {} : { subdir }) };
};

const listenForStop = (): AbortSignal => {
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort(new SlipwayError('BUILD_CANCELLED')));
  return stopping.signal;
};

/** `slipway build REPO_OR_DIR`: builds the image, shows the log on standard error, prints the name on standard output. */
export const runBuild = async (source: string, options: BuildOptions): Promise<void> => {
  const settings = readSettings(options, environment);
  const directory = isDirectory(source) ? resolve(source) : undefined;
  const repository = directory
    ? describeDirectory(directory)
    : await resolveAddress(source, options.ref ?? 'HEAD', settings);
  const engine = await ensureEngine({ settings, env: environment, report });
  const fetcher = directory === undefined ? undefined : createLocalDirectory(directory);
  const builder = createBuilder(settings, engine, { ...readSurroundings(settings, environment, tmpdir()), fetcher });
  const run = builder.build(makeRequest(repository, options, settings.imagePrefix), listenForStop());
  let next = await run.next();
  for (; next.done !== true; next = await run.next()) report(next.value.message);
  if (!next.value.ok) throw fromErrorBody(next.value.error);
  process.stdout.write(`${next.value.imageName}\n`);
};
