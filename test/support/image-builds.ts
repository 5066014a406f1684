import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBuilder } from '../../services/builder/main.ts';
import type { BuildResult } from '../../services/contracts/build.ts';
import { makeImageName } from '../../services/contracts/image-name.ts';
import { Settings } from '../../services/contracts/settings.ts';
import { createAddressGuard } from '../../services/platform/address-guard.ts';
import { loadConfig } from '../../services/platform/config-loader.ts';
import { createGit } from '../../services/platform/git-command.ts';
import { makeBuildRequest } from '../builder/build-request.ts';
import { ensureTestBase, readTestCaBundle, TEST_IMAGE_PREFIX } from './base-image.ts';
import { connectTestEngine, createImageScope, runInImage } from './docker-engine.ts';
import { startGitServer, type GitFiles } from './git-server.ts';
import { runGenerator } from './run-generator.ts';

export type Built = { readonly image: string; readonly result: BuildResult; readonly log: string };

/** Builds of repositories of a real Git server, under a prefix of their own; everything of them is removed at the end. */
export type ImageBuilds = AsyncDisposable & {
  readonly prefix: string;
  /** Name of the base below the prefix. */
  readonly base: string;
  readonly build: (name: string, files: GitFiles) => Promise<Built>;
  /** A failure of these is thrown with the log. */
  readonly buildWell: (name: string, files: GitFiles) => Promise<Built>;
  /** What a shell of an image prints. */
  readonly print: (image: string, script: string) => Promise<string>;
};

type BuildSettings = Partial<Settings['build']>;

/** Makes a builder with settings of its own, on the base that all tests share. */
export const startImageBuilds = async (name: string, build: BuildSettings = {}): Promise<ImageBuilds> => {
  const engine = connectTestEngine();
  const scope = createImageScope(engine, name);
  const server = await startGitServer();
  const found = await ensureTestBase(engine);
  const base = found.name.replace(TEST_IMAGE_PREFIX, scope.prefix);
  const [repo = '', tag = ''] = base.split(':');
  await engine.getImage(found.name).tag({ repo, tag });
  const temporary = await mkdtemp(join(tmpdir(), `${name}-`));
  const overrides = { imagePrefix: scope.prefix, build };
  const builder = createBuilder(loadConfig(Settings, { env: {}, prefix: 'SLIPWAY', overrides }), engine, {
    git: createGit(process.env),
    guard: createAddressGuard([server.host]),
    temporary,
    caBundle: await readTestCaBundle(),
  });
  const buildOne = async (repository: string, files: GitFiles): Promise<Built> => {
    const unnamed = makeBuildRequest(await server.createRepository(repository, files));
    const { canonical, commit } = unnamed.repository;
    const image = makeImageName({ prefix: scope.prefix, canonical, commit });
    const run = builder.build({ ...unnamed, imageName: image }, AbortSignal.timeout(580_000));
    const { items, result } = await runGenerator(run);
    return { image, result, log: items.map(({ message }) => message).join('') };
  };
  return {
    prefix: scope.prefix,
    base,
    build: buildOne,
    buildWell: async (repository, files) => {
      const built = await buildOne(repository, files);
      if (!built.result.ok) throw new Error(`${built.result.error.message}\n${built.log}`);
      return built;
    },
    print: async (image, script) => (await runInImage(image, ['sh', '-c', script])).output,
    [Symbol.asyncDispose]: async () => {
      await server[Symbol.asyncDispose]();
      await scope[Symbol.asyncDispose]();
      await rm(temporary, { recursive: true, force: true });
    },
  };
};
