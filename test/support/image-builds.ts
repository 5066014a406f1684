import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBuilder, type Builder } from '../../services/builder/main.ts';
import type { BuildRequest, BuildResult } from '../../services/contracts/build.ts';
import { makeImageName } from '../../services/contracts/image-name.ts';
import { Settings } from '../../services/contracts/settings.ts';
import { createAddressGuard } from '../../services/platform/address-guard.ts';
import { loadConfig } from '../../services/platform/config-loader.ts';
import { createGit } from '../../services/platform/git-command.ts';
import { makeBuildRequest } from '../builder/build-request.ts';
import { readTestCaBundle, shareTestBase } from './base-image.ts';
import { connectTestEngine, createImageScope, runInImage } from './docker-engine.ts';
import type { GitFiles } from './git-files.ts';
import { startGitServer, type GitServer, type ServedRepository } from './git-server.ts';
import { runGenerator } from './run-generator.ts';

export type Built = { readonly image: string; readonly result: BuildResult; readonly log: string };

type More = Partial<BuildRequest>;

/** Builds of repositories of a real Git server, under a prefix of their own; everything of them is removed at the end. */
export type ImageBuilds = AsyncDisposable & {
  readonly prefix: string;
  /** Name of the base below the prefix. */
  readonly base: string;
  readonly git: GitServer;
  readonly build: (name: string, files: GitFiles, more?: More) => Promise<Built>;
  /** A failure of these is thrown with the log. */
  readonly buildWell: (name: string, files: GitFiles, more?: More) => Promise<Built>;
  /** Builds a directory of this machine as a commit of a repository of that name. */
  readonly buildDirectory: (name: string, directory: string) => Promise<Built>;
  readonly buildCommit: (served: ServedRepository, more?: More) => Promise<Built>;
  /** What a shell of an image prints. */
  readonly print: (image: string, script: string) => Promise<string>;
  /** From now on builds have these settings. */
  readonly change: (build: BuildSettings) => Promise<void>;
};

type BuildSettings = Partial<Settings['build']>;

export type BuildsOptions = {
  readonly build?: BuildSettings;
  /** Pythons beside the default one. */
  readonly pythons?: readonly string[];
  /** The address that the Git server listens on; that of the bridge where steps of builds ask it. */
  readonly address?: string;
};

/** The build as it is, or its failure, thrown with the log. */
export const expectBuilt = (built: Built): Built => {
  if (!built.result.ok) throw new Error(`${built.result.error.message}\n${built.log}`);
  return built;
};

/** Makes a builder with settings of its own, on the base that all tests share. */
export const startImageBuilds = async (name: string, options: BuildsOptions = {}): Promise<ImageBuilds> => {
  const engine = connectTestEngine();
  const scope = createImageScope(engine, name);
  const { prefix } = scope;
  const git = await startGitServer(options.address);
  const base = await shareTestBase(engine, prefix);
  for (const python of options.pythons ?? []) await shareTestBase(engine, prefix, python);
  const temporary = await mkdtemp(join(tmpdir(), `${name}-`));
  const createTestBuilder = async (build: BuildSettings): Promise<Builder> =>
    createBuilder(
      loadConfig(Settings, { env: {}, prefix: 'SLIPWAY', overrides: { imagePrefix: prefix, build } }),
      engine,
      {
        git: createGit(process.env),
        guard: createAddressGuard([git.host]),
        temporary,
        caBundle: await readTestCaBundle(),
      },
    );
  let builder = await createTestBuilder(options.build ?? {});
  let count = 0;
  const nameNext = (repository: string): string => `${repository}-${(count += 1)}`;
  const buildCommit: ImageBuilds['buildCommit'] = async (served, more = {}) => {
    const unnamed = makeBuildRequest(served);
    const { canonical, commit } = unnamed.repository;
    const imageName = makeImageName({ prefix, canonical, commit });
    const run = builder.build({ ...unnamed, imageName, ...more }, AbortSignal.timeout(580_000));
    const { items, result } = await runGenerator(run);
    const image = more.imageName ?? imageName;
    return { image, result, log: items.map(({ message }) => message).join('') };
  };
  const build: ImageBuilds['build'] = async (repository, files, more) =>
    buildCommit(await git.createRepository(nameNext(repository), files), more);
  return {
    prefix,
    base,
    git,
    build,
    buildWell: async (repository, files, more) => expectBuilt(await build(repository, files, more)),
    buildDirectory: async (repository, directory) =>
      buildCommit(await git.createRepositoryFrom(nameNext(repository), directory)),
    buildCommit,
    print: async (image, script) => (await runInImage(image, ['sh', '-c', script])).output,
    change: async (settings) => {
      builder = await createTestBuilder(settings);
    },
    [Symbol.asyncDispose]: async () => {
      await git[Symbol.asyncDispose]();
      await scope[Symbol.asyncDispose]();
      await rm(temporary, { recursive: true, force: true });
    },
  };
};
