import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename, resolve } from 'node:path';
import type { BuildExtras } from '../builder/builder-parts.ts';
import { createLocalDirectory } from '../builder/fetch/local-directory.ts';
import { createBuilder } from '../builder/main.ts';
import type { BuildRequest } from '../contracts/build.ts';
import { makeImageName, type ImageNameInput } from '../contracts/image-name.ts';
import type { ResolvedRepository } from '../contracts/repository.ts';
import type { Settings } from '../contracts/settings.ts';
import { fromErrorBody, SlipwayError } from '../contracts/slipway-error.ts';
import { createGitProvider } from '../launcher/repo/git-provider.ts';
import { createAddressGuard } from '../platform/address-guard.ts';
import type { DockerEngine } from '../platform/docker-engine.ts';
import { createGit } from '../platform/git-command.ts';
import type { BuildLog } from './build-log.ts';
import { environment } from './environment.ts';
import { ensureEngine } from './ensure-engine.ts';
import { listNotices, readExtras, type ImageOptions } from './image-options.ts';
import { isDirectory } from './plan.ts';
import { readSettings } from './read-settings.ts';
import { readSurroundings } from './surroundings.ts';

/** An image that was just built, and the engine that has it. */
export type BuiltSource = { readonly imageName: string; readonly engine: DockerEngine };

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

type Resolution = { readonly settings: Settings; readonly ref: string; readonly signal: AbortSignal };

const resolveAddress = (address: string, { settings, ref, signal }: Resolution): Promise<ResolvedRepository> => {
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
  return provider.resolve(`${encodeURIComponent(address)}/${encodeURIComponent(ref)}`, signal);
};

/** An image with additions is another one than the image of the commit, which a server would find by its name. */
const makeName = (input: ImageNameInput, extras: BuildExtras): string => {
  const name = makeImageName(input);
  const additions = [extras.appendix, extras.labels, extras.buildArgs];
  if (additions.every((addition) => Object.keys(addition).length === 0)) return name;
  return `${name}-${createHash('sha256').update(JSON.stringify(additions)).digest('hex').slice(0, 10)}`;
};

/** Builds the image that a command asks for and tells `log` how it goes. Throws what ends it, as SlipwayError. */
export const buildSource = async (
  source: string,
  options: ImageOptions,
  { log, signal }: { readonly log: BuildLog; readonly signal: AbortSignal },
): Promise<BuiltSource> => {
  const settings = readSettings(options, environment);
  const extras = readExtras(options, environment);
  const report = log.reportAs('building');
  listNotices(options).forEach(report);
  const directory = isDirectory(source) ? resolve(source) : undefined;
  const repository = directory
    ? describeDirectory(directory)
    : await resolveAddress(source, { settings, ref: options.ref ?? 'HEAD', signal });
  const { canonical, commit } = repository;
  const { subdir } = options;
  const imageName = options.imageName ?? makeName({ prefix: settings.imagePrefix, canonical, commit, subdir }, extras);
  const request: BuildRequest = {
    imageName,
    repository,
    ...(subdir === undefined ? {} : { subdir }),
  };
  const engine = await ensureEngine({ settings, env: environment, report });
  const fetcher = directory === undefined ? undefined : createLocalDirectory(directory);
  const surroundings = readSurroundings(settings, environment, tmpdir());
  const run = createBuilder(settings, engine, { ...surroundings, fetcher, extras }).build(request, signal);
  let next = await run.next();
  for (; next.done !== true; next = await run.next()) log.event(next.value);
  if (!next.value.ok) throw fromErrorBody(next.value.error);
  return { imageName, engine };
};
