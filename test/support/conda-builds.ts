import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBuilder, type Builder } from '../../services/builder/main.ts';
import type { BuildRequest, BuildResult } from '../../services/contracts/build.ts';
import { makeImageName } from '../../services/contracts/image-name.ts';
import { Settings } from '../../services/contracts/settings.ts';
import { createAddressGuard } from '../../services/platform/address-guard.ts';
import { loadConfig } from '../../services/platform/config-loader.ts';
import type { DockerEngine } from '../../services/platform/docker-engine.ts';
import { createGit } from '../../services/platform/git-command.ts';
import { makeBuildRequest } from '../builder/build-request.ts';
import { ensureTestBase, readTestCaBundle, TEST_IMAGE_PREFIX } from './base-image.ts';
import { startCondaChannels, type CondaChannels, type CondaPackage } from './conda-channel.ts';
import { createImageScope, readBridgeAddress, runInImage } from './docker-engine.ts';
import { startGitServer, type GitFiles } from './git-server.ts';
import { runGenerator } from './run-generator.ts';

/**
 * A Python as a package that needs no download: an environment of the Python that every base has. It is relocatable
 * and has site-packages of its own; what it cannot show is that a standard library is installed too.
 */
export const makeCondaPython = (version: string): CondaPackage => ({
  name: 'python',
  version,
  files: {
    'bin/python3.13': { link: '/usr/bin/python3.13' },
    'bin/python3': { link: 'python3.13' },
    'bin/python': { link: 'python3.13' },
    'pyvenv.cfg': 'home = /usr/bin\n',
  },
});

/** A package for any platform with a command `greet`. */
export const makeGreeter = (version: string, depends: string, greeting: string): CondaPackage => ({
  name: 'greeter',
  version,
  depends: [depends],
  python: { entryPoints: ['greet = greeter:main'] },
  files: { 'site-packages/greeter/__init__.py': `def main():\n    print(${JSON.stringify(greeting)})\n` },
});

export const makeNotebook = (source: string): string =>
  JSON.stringify({
    cells: [{ cell_type: 'code', execution_count: null, id: 'a', metadata: {}, outputs: [], source }],
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  });

export type Built = { readonly image: string; readonly result: BuildResult; readonly log: string };

/** Builds of small repositories against channels that were made for them. */
export type CondaBuilds = AsyncDisposable & {
  readonly channels: CondaChannels;
  build(name: string, files: GitFiles, more?: Partial<BuildRequest>): Promise<Built>;
  /** As build; a failure is thrown with the log. */
  buildWell(name: string, files: GitFiles, more?: Partial<BuildRequest>): Promise<Built>;
  /** What a shell in the image prints, by lines. */
  print(image: string, script: string): Promise<string[]>;
  /** From now on channels are looked for there. */
  useMirror(condaMirror: string): Promise<void>;
};

/** The first of the channels is the operator's. */
export const startCondaBuilds = async (
  engine: DockerEngine,
  name: string,
  packages: Readonly<Record<string, readonly CondaPackage[]>>,
): Promise<CondaBuilds> => {
  const channels = await startCondaChannels(await readBridgeAddress(engine), packages);
  const server = await startGitServer();
  const scope = createImageScope(engine, name);
  const base = await ensureTestBase(engine);
  const [repository = '', tag = ''] = base.name.replace(TEST_IMAGE_PREFIX, scope.prefix).split(':');
  await engine.getImage(base.name).tag({ repo: repository, tag });
  const temporary = await mkdtemp(join(tmpdir(), `${name}-`));
  const createTestBuilder = async (condaMirror: string): Promise<Builder> => {
    const build = { condaMirror, condaChannels: Object.keys(packages).slice(0, 1) };
    const overrides = { imagePrefix: scope.prefix, build };
    return createBuilder(loadConfig(Settings, { env: {}, prefix: 'SLIPWAY', overrides }), engine, {
      git: createGit(process.env),
      guard: createAddressGuard([server.host]),
      temporary,
      caBundle: await readTestCaBundle(),
    });
  };
  let builder = await createTestBuilder(channels.url);
  let count = 0;
  const build: CondaBuilds['build'] = async (name, files, more = {}) => {
    count += 1;
    const unnamed = makeBuildRequest(await server.createRepository(`${name}-${count}`, files));
    const { canonical, commit } = unnamed.repository;
    const image = makeImageName({ prefix: scope.prefix, canonical, commit });
    const run = builder.build({ ...unnamed, ...more, imageName: image }, AbortSignal.timeout(170_000));
    const { items, result } = await runGenerator(run);
    return { image, result, log: items.map(({ message }) => message).join('') };
  };
  return {
    channels,
    build,
    buildWell: async (name, files, more) => {
      const built = await build(name, files, more);
      if (!built.result.ok) throw new Error(`${built.result.error.message}\n${built.log}`);
      return built;
    },
    print: async (image, script) => (await runInImage(image, ['sh', '-c', script])).output.split('\n'),
    useMirror: async (condaMirror) => {
      builder = await createTestBuilder(condaMirror);
    },
    [Symbol.asyncDispose]: async () => {
      await channels[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await scope[Symbol.asyncDispose]();
      await rm(temporary, { recursive: true, force: true });
    },
  };
};
