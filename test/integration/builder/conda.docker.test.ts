import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BARE,
  CONDA_R,
  makeCondaPython,
  makeGreeter,
  startCondaBuilds,
  type CondaBuilds,
} from '../../support/conda-builds.ts';
import type { CondaPackage } from '../../support/conda-channel.ts';
import { connectTestEngine } from '../../support/docker-engine.ts';
import type { GitFiles } from '../../support/git-files.ts';
import { makeNotebook } from '../../support/notebook.ts';

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
    makeCondaPython('3.11.7'),
    makeCondaPython('3.13.5'),
    makeCondaPython('3.14.0'),
    makeGreeter('1.0', 'python >=3.9', 'hello from the first channel'),
  ],
  second: [
    whereami,
    { name: 'r-stats', version: '1', depends: ['r-base'], files: {} },
    ...CONDA_R,
    { name: 'only-mac', version: '1', subdir: 'osx-arm64', files: {} },
    { name: 'everywhere', version: '1.2', build: 'mac_0', subdir: 'osx-arm64', files: {} },
    { name: 'everywhere', version: '1.2', build: 'linux_0', files: {} },
    makeGreeter('2.0', 'python >=3.9', 'hello from the second channel'),
  ],
  // Named where no notebook runs: half of what a build takes is the kernel.
  bare: BARE,
};

const NOTEBOOK = makeNotebook({
  source: 'import os, sys, greeter\nprint(sys.prefix, os.environ["WHEREAMI"])\n!greet',
});

describe('conda environments', () => {
  let builds: CondaBuilds;

  beforeAll(async () => {
    builds = await startCondaBuilds(connectTestEngine(), 'conda', CHANNELS);
  });

  afterAll(async () => {
    await builds[Symbol.asyncDispose]();
  });

  const yml = (...lines: readonly string[]): GitFiles => ({ 'environment.yml': `${lines.join('\n')}\n` });

  it('are solved, installed with their entry points and prefix, and are the kernel of notebooks', async () => {
    const built = await builds.buildWell('whole', {
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
    expect(await builds.print(built.image, script)).toEqual([
      'hello from the first channel',
      prefix,
      `${prefix}/bin/python`,
      '/srv/conda/bin/jupyter-lab',
      expect.stringMatching(/^4\./) as string,
    ]);
    const imported = 'import greeter, idna, local, sys; print(sys.prefix)';
    expect(await builds.print(built.image, `python -c '${imported}'`)).toEqual([prefix]);
    const executed = await builds.print(built.image, 'jupyter execute --inplace check.ipynb && cat check.ipynb');
    expect(executed.join('\n')).toContain(`${prefix} ${prefix}/share`);
    expect(executed.join('\n')).toContain('hello from the first channel');
  });

  it('take a package from the first channel that has it, and the preferred Python where none is named', async () => {
    const built = await builds.buildWell('order', yml('channels: [second, bare, defaults]', 'dependencies: [greeter]'));
    expect(await builds.print(built.image, 'greet; python --version')).toEqual([
      'hello from the second channel',
      expect.stringMatching(/^Python 3\.13\./) as string,
    ]);
    expect(built.log).toMatch(/python 3\.13\.5/);
  });

  it('have R and its kernel where they name packages of R', async () => {
    const built = await builds.buildWell('r', yml('channels: [second, bare]', 'dependencies: [r-stats]'));
    const printed = await builds.print(built.image, 'R; jupyter kernelspec list');
    expect(printed[0]).toBe('R from /srv/conda/envs/kernel');
    expect(printed).toContain('  ir         /srv/conda/envs/kernel/share/jupyter/kernels/ir');
  });

  it.each([
    {
      name: 'absent',
      lines: ['dependencies: [no-such-package]'],
      message: 'environment.yml, line 1: no channel has the package no-such-package',
    },
    { name: 'version', lines: ['dependencies: [greeter=7]'], message: 'no channel has the package greeter=7' },
    {
      name: 'mac',
      lines: ['channels: [second]', 'dependencies: [only-mac]'],
      message: 'line 2: only-mac exists only for osx-arm64. A list that',
    },
    { name: 'channel', lines: ['channels: [nowhere]', 'dependencies: [greeter]'], message: '/nowhere' },
    { name: 'old', lines: ['dependencies: [greeter, "python<3.9"]'], message: 'no channel has the package python<3.9' },
  ])('say what cannot be had: $name', async ({ name, lines, message }) => {
    expect((await builds.build(name, yml(...lines))).result).toMatchObject({
      ok: false,
      error: { code: 'BUILD_PACKAGE_NOT_FOUND', message: expect.stringContaining(message) as string },
    });
  });

  it('say of each line of a list from another platform what is wrong with it', async () => {
    const lines = ['dependencies:', '  - everywhere=1.2=mac_0', '  - greeter', '  - only-mac=1=0'];
    const { result } = await builds.build('export', yml('channels: [second]', ...lines));
    expect(result).toMatchObject({
      ok: false,
      error: {
        code: 'BUILD_PACKAGE_NOT_FOUND',
        message: [
          'environment.yml, line 3: everywhere=1.2=mac_0 names a build for osx-arm64, write everywhere=1.2. ',
          'environment.yml, line 5: only-mac=1=0 exists only for osx-arm64. ',
          'A list that `conda env export --from-history` writes fits every platform.',
        ].join(''),
      },
    });
  });

  it('take a package that is named by its address from there, and check it', async () => {
    const { url, md5 } = builds.channels.find('greeter', '2.0');
    const built = await builds.buildWell('address', yml('channels: [bare]', 'dependencies:', `  - ${url}#${md5}`));
    expect(await builds.print(built.image, 'greet')).toEqual(['hello from the second channel']);
    const wrong = await builds.build('wrong', yml('dependencies:', `  - ${url}#${'0'.repeat(32)}`));
    expect(wrong.result).toMatchObject({ ok: false, error: { code: 'BUILD_CHECKSUM_MISMATCH' } });
    const absent = await builds.build(
      'gone',
      yml('dependencies:', `  - ${builds.channels.url}/first/noarch/gone-1-0.conda`),
    );
    expect(absent.result).toMatchObject({ ok: false, error: { code: 'BUILD_PACKAGE_NOT_FOUND' } });
  });

  it('have the variables that they name, in kernels, terminals and postBuild', async () => {
    const odd = 'it\'s "a" $HOME \\ \\\\ \\n `id` #x';
    const ends = '$ENDS "\\';
    const built = await builds.buildWell('variables', {
      ...yml(
        'variables:',
        `  ODD: ${JSON.stringify(odd)}`,
        `  ENDS: ${JSON.stringify(ends)}`,
        '  EMPTY: ""',
        '  VERSION: 1.10',
        '  PATH: /nowhere',
        'dependencies: [greeter]',
      ),
      postBuild: '#!/bin/sh\nprintf %s "$ODD" > built\n',
      'check.ipynb': makeNotebook({
        source: 'import os\nprint(os.environ["ODD"] == open("built").read(), os.environ["VERSION"])',
      }),
    });
    const script =
      'printf "%s\\n" "$ODD" "$ENDS" "$VERSION" "${EMPTY-unset}"; cat built; bash -lc \'printf "\\n%s" "$ODD"\'';
    expect(await builds.print(built.image, script)).toEqual([odd, ends, '1.10', '', odd, odd]);
    const executed = await builds.print(built.image, 'jupyter execute --inplace check.ipynb && cat check.ipynb');
    expect(executed.join('\n')).toContain('True 1.10');
  });

  it('are tried again later when the channel does not answer', async () => {
    const { hostname } = new URL(builds.channels.url);
    await builds.useMirror(`http://${hostname}:9`);
    await expect(builds.build('unreachable', yml('dependencies: [greeter]'))).rejects.toMatchObject({
      code: 'BUILD_INDEX_UNREACHABLE',
      message: expect.stringContaining(hostname) as string,
    });
  });
});
