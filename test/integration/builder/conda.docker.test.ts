import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBuilder, type Builder } from '../../../services/builder/main.ts';
import type { BuildResult } from '../../../services/contracts/build.ts';
import { makeImageName } from '../../../services/contracts/image-name.ts';
import { Settings } from '../../../services/contracts/settings.ts';
import { createAddressGuard } from '../../../services/platform/address-guard.ts';
import { loadConfig } from '../../../services/platform/config-loader.ts';
import { createGit } from '../../../services/platform/git-command.ts';
import { makeBuildRequest } from '../../builder/build-request.ts';
import { ensureTestBase, readTestCaBundle, TEST_IMAGE_PREFIX } from '../../support/base-image.ts';
import { startCondaChannels, type CondaChannels, type CondaPackage } from '../../support/conda-channel.ts';
import {
  connectTestEngine,
  createImageScope,
  readBridgeAddress,
  runInImage,
  type ImageScope,
} from '../../support/docker-engine.ts';
import { startGitServer, type GitFiles, type GitServer } from '../../support/git-server.ts';
import { runGenerator } from '../../support/run-generator.ts';

/**
 * A Python as a package that needs no download: an environment of the Python that every base has. It is relocatable
 * and has site-packages of its own; what it cannot show is that a standard library is installed too.
 */
const makePython = (version: string): CondaPackage => ({
  name: 'python',
  version,
  files: {
    'bin/python3.13': { link: '/usr/bin/python3.13' },
    'bin/python3': { link: 'python3.13' },
    'bin/python': { link: 'python3.13' },
    'pyvenv.cfg': 'home = /usr/bin\n',
  },
});

const makeGreeter = (version: string, depends: string, greeting: string): CondaPackage => ({
  name: 'greeter',
  version,
  depends: [depends],
  python: { entryPoints: ['greet = greeter:main'] },
  files: { 'site-packages/greeter/__init__.py': `def main():\n    print(${JSON.stringify(greeting)})\n` },
});

const whereami: CondaPackage = {
  name: 'whereami',
  version: '2.0',
  build: 'h1_0',
  files: {
    'bin/whereami': { script: '#!/bin/sh\necho {PREFIX}\n' },
    'bin/jupyter-lab': { script: '#!/bin/sh\necho an old server\n' },
    'etc/conda/activate.d/whereami.sh': 'export WHEREAMI="$CONDA_PREFIX/share"\n',
  },
};

const CHANNELS = {
  first: [
    makePython('3.11.7'),
    makePython('3.13.5'),
    makePython('3.14.0'),
    makeGreeter('1.0', 'python >=3.9', 'hello from the first channel'),
  ],
  second: [
    whereami,
    { name: 'r-stats', version: '1', depends: ['r-base'], files: {} },
    { name: 'r-base', version: '4.3', files: { 'bin/R': { script: '#!/bin/sh\necho R from {PREFIX}\n' } } },
    {
      name: 'r-irkernel',
      version: '1',
      depends: ['r-base'],
      files: {
        'share/jupyter/kernels/ir/kernel.json': '{"argv": ["{PREFIX}/bin/R"], "display_name": "R", "language": "R"}',
      },
    },
    { name: 'only-mac', version: '1', subdir: 'osx-arm64', files: {} },
    makeGreeter('2.0', 'python >=3.9', 'hello from the second channel'),
  ],
};

const makeNotebook = (source: string): string =>
  JSON.stringify({
    cells: [{ cell_type: 'code', execution_count: null, id: 'a', metadata: {}, outputs: [], source }],
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  });

const NOTEBOOK = makeNotebook('import os, sys, greeter\nprint(sys.prefix, os.environ["WHEREAMI"])\n!greet');

describe('conda environments', () => {
  const engine = connectTestEngine();
  let channels: CondaChannels;
  let server: GitServer;
  let scope: ImageScope;
  let temporary = '';
  let builder: Builder;

  const createTestBuilder = async (condaMirror: string): Promise<Builder> => {
    const overrides = { imagePrefix: scope.prefix, build: { condaMirror, condaChannels: ['first'] } };
    return createBuilder(loadConfig(Settings, { env: {}, prefix: 'SLIPWAY', overrides }), engine, {
      git: createGit(process.env),
      guard: createAddressGuard([server.host]),
      temporary,
      caBundle: await readTestCaBundle(),
    });
  };

  beforeAll(async () => {
    channels = await startCondaChannels(await readBridgeAddress(engine), CHANNELS);
    server = await startGitServer();
    scope = createImageScope(engine, 'conda');
    const { name } = await ensureTestBase(engine);
    const [repository = '', tag = ''] = name.replace(TEST_IMAGE_PREFIX, scope.prefix).split(':');
    await engine.getImage(name).tag({ repo: repository, tag });
    temporary = await mkdtemp(join(tmpdir(), 'conda-'));
    builder = await createTestBuilder(channels.url);
  });

  afterAll(async () => {
    await channels[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await scope[Symbol.asyncDispose]();
    await rm(temporary, { recursive: true, force: true });
  });

  type Built = { readonly image: string; readonly result: BuildResult; readonly log: string };

  const build = async (name: string, files: GitFiles): Promise<Built> => {
    const unnamed = makeBuildRequest(await server.createRepository(name, files));
    const { canonical, commit } = unnamed.repository;
    const image = makeImageName({ prefix: scope.prefix, canonical, commit });
    const run = builder.build({ ...unnamed, imageName: image }, AbortSignal.timeout(170_000));
    const { items, result } = await runGenerator(run);
    return { image, result, log: items.map(({ message }) => message).join('') };
  };
  /** A failure of these is shown with the log. */
  const buildWell = async (name: string, files: GitFiles): Promise<Built> => {
    const built = await build(name, files);
    if (!built.result.ok) throw new Error(`${built.result.error.message}\n${built.log}`);
    return built;
  };
  const yml = (...lines: readonly string[]): GitFiles => ({ 'environment.yml': `${lines.join('\n')}\n` });
  const print = async (image: string, script: string): Promise<string[]> =>
    (await runInImage(image, ['sh', '-c', script])).output.split('\n');

  it('are solved, installed with their entry points and prefix, and are the kernel of notebooks', async () => {
    const built = await buildWell('whole', {
      ...yml(
        'channels: [second]',
        'dependencies:',
        '  - first::greeter',
        '  - whereami=2.0=h1_0',
        '  - python>=3.9,<3.14',
        '  - pip: [idna, -e .]',
      ),
      'pyproject.toml': '[project]\nname = "local"\nversion = "1"\n',
      'local.py': '',
      'check.ipynb': NOTEBOOK,
    });
    expect(built.log).toContain('python 3.13.5');
    const prefix = '/srv/conda/envs/kernel';
    const script =
      'greet; whereami; command -v python; command -v jupyter-lab; jupyter lab --version; find /run/slipway -not -type d 2>/dev/null';
    expect(await print(built.image, script)).toEqual([
      'hello from the first channel',
      prefix,
      `${prefix}/bin/python`,
      '/srv/conda/bin/jupyter-lab',
      expect.stringMatching(/^4\./) as string,
    ]);
    const imported = 'import greeter, idna, local, sys; print(sys.prefix)';
    expect(await print(built.image, `python -c '${imported}'`)).toEqual([prefix]);
    const executed = await print(built.image, 'jupyter execute --inplace check.ipynb && cat check.ipynb');
    expect(executed.join('\n')).toContain(`${prefix} ${prefix}/share`);
    expect(executed.join('\n')).toContain('hello from the first channel');
  });

  it('take a package from the first channel that has it, and the preferred Python where none is named', async () => {
    const built = await buildWell('order', yml('channels: [second, defaults]', 'dependencies: [greeter]'));
    expect(await print(built.image, 'greet; python --version')).toEqual([
      'hello from the second channel',
      expect.stringMatching(/^Python 3\.13\./) as string,
    ]);
    expect(built.log).toMatch(/python 3\.13\.5/);
  });

  it('have R and its kernel where they name packages of R', async () => {
    const built = await buildWell('r', yml('channels: [second]', 'dependencies: [r-stats]'));
    const printed = await print(built.image, 'R; jupyter kernelspec list');
    expect(printed[0]).toBe('R from /srv/conda/envs/kernel');
    expect(printed).toContain('  ir         /srv/conda/envs/kernel/share/jupyter/kernels/ir');
  });

  it.each([
    { name: 'absent', lines: ['dependencies: [no-such-package]'], message: 'has the package no-such-package' },
    { name: 'version', lines: ['dependencies: [greeter=7]'], message: 'greeter 7' },
    { name: 'mac', lines: ['channels: [second]', 'dependencies: [only-mac]'], message: 'only for osx-arm64' },
    { name: 'channel', lines: ['channels: [nowhere]', 'dependencies: [greeter]'], message: '/nowhere' },
    { name: 'old', lines: ['dependencies: [greeter, "python<3.9"]'], message: 'python <3.9' },
  ])('say what cannot be had: $name', async ({ name, lines, message }) => {
    expect((await build(name, yml(...lines))).result).toMatchObject({
      ok: false,
      error: { code: 'BUILD_PACKAGE_NOT_FOUND', message: expect.stringContaining(message) as string },
    });
  });

  it('are tried again later when the channel does not answer', async () => {
    const { hostname } = new URL(channels.url);
    builder = await createTestBuilder(`http://${hostname}:9`);
    await expect(build('unreachable', yml('dependencies: [greeter]'))).rejects.toMatchObject({
      code: 'BUILD_INDEX_UNREACHABLE',
      message: expect.stringContaining(hostname) as string,
    });
  });
});
