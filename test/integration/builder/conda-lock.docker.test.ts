import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDockerImageStore } from '../../../services/builder/image/docker-image-store.ts';
import { readRecord } from '../../../services/builder/record/read-record.ts';
import type { Lock } from '../../../services/contracts/lock.ts';
import { BARE, makeCondaPython, makeGreeter, startCondaBuilds, type CondaBuilds } from '../../support/conda-builds.ts';
import type { ServedPackage } from '../../support/conda-channel.ts';
import { connectTestEngine } from '../../support/docker-engine.ts';

const CHANNELS = {
  locked: [
    ...BARE,
    makeCondaPython('3.13.4'),
    makeCondaPython('3.13.5'),
    makeGreeter('1.0', 'python >=3.9', 'hello from 1.0'),
    makeGreeter('2.0', 'python >=3.9', 'hello from 2.0'),
    { name: 'tool', version: '1.1', files: { 'bin/tool': { script: '#!/bin/sh\necho {PREFIX}\n' } } },
  ],
};

/** Files of the public index, which never change. */
const IDNA = {
  name: 'idna',
  version: '3.10',
  url: 'https://files.pythonindex.org/packages/76/c6/c88e154df9c4e1a2a66ccf0005a88dfb2650c1dffb6f5ce603dfbd452ce3/idna-3.10-py3-none-any.whl',
  sha256: '946d195a0d259cbba61165e88e65941f16e9b36ea6ddb97f00452bae8b1287d3',
};

/** Versions of what a lock of these tests names. */
const WHOLE = { python: '3.13.4', greeter: '1.0', tool: '1.1', ipykernel: '1.0', pip: '1.0' };

const isConda = (one: ServedPackage | typeof IDNA): one is ServedPackage => 'md5' in one;

const renderCondaLock = (packages: readonly (ServedPackage | typeof IDNA)[]): string =>
  JSON.stringify({
    version: 1,
    metadata: { content_hash: {}, channels: [], platforms: ['linux-64'], sources: ['environment.yml'] },
    package: packages.map((one) => ({
      ...one,
      manager: isConda(one) ? 'conda' : 'pip',
      platform: 'linux-64',
      hash: isConda(one) ? { md5: one.md5, sha256: one.sha256 } : { sha256: one.sha256 },
      category: 'main',
      optional: false,
    })),
  });

type Pixi = { readonly packages: readonly (ServedPackage | typeof IDNA)[]; readonly paths: readonly string[] };

const renderPixiLock = ({ packages, paths }: Pixi): string => {
  const keyed = packages.map((one) => ({ key: isConda(one) ? 'conda' : 'pypi', ...one }));
  return JSON.stringify({
    version: 6,
    environments: {
      default: {
        channels: [],
        packages: {
          'linux-64': [...keyed.map(({ key, url }) => ({ [key]: url })), ...paths.map((path) => ({ pypi: path }))],
        },
      },
    },
    packages: [
      ...keyed.map(({ key, url, name, version, sha256 }) => ({ [key]: url, name, version, sha256 })),
      ...paths.map((path) => ({ pypi: path, name: 'mine', version: '1', sha256: '0'.repeat(64), editable: true })),
    ],
  });
};

const PROJECT = {
  'pyproject.toml':
    '[project]\nname = "mine"\nversion = "1"\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[tool.setuptools]\npy-modules = ["mine"]\n',
  'mine.py': 'WORD = "mine"\n',
};

describe('locks of conda’s tools', () => {
  const engine = connectTestEngine();
  let builds: CondaBuilds;
  const readLock = async (image: string): Promise<Lock> => {
    const lock = (await readRecord(createDockerImageStore(engine), image))?.lock;
    if (lock === undefined) throw new Error(`${image} has no lock`);
    return lock;
  };
  const locked = (names: Readonly<Record<string, string>>): ServedPackage[] =>
    Object.entries(names).map(([name, version]) => builds.channels.find(name, version));

  beforeAll(async () => {
    builds = await startCondaBuilds(engine, 'conda-lock', CHANNELS);
  });

  afterAll(async () => {
    await builds[Symbol.asyncDispose]();
  });

  const VERSIONS =
    'greet; tool; ls /srv/conda/envs/kernel/conda-meta; python -c "import idna; print(idna.__version__, idna.__file__)"';
  const INSTALLED = [
    'hello from 1.0',
    '/srv/conda/envs/kernel',
    'greeter-1.0-0.json',
    'history',
    'ipykernel-1.0-0.json',
    'pip-1.0-0.json',
    'python-3.13.4-0.json',
    'tool-1.1-0.json',
    expect.stringMatching(/^3\.10 \/srv\/conda\/envs\/kernel\//) as string,
  ];

  it('are installed as conda-lock.yml says, without asking the channel, and so are Python packages', async () => {
    const packages = [...locked(WHOLE), IDNA];
    const before = builds.channels.requests.length;
    const built = await builds.buildWell('conda-lock', {
      'environment.yml': 'dependencies: [greeter, tool, pip: [-e .]]\nvariables: {SEED: "42"}\n',
      'conda-lock.yml': renderCondaLock(packages),
      ...PROJECT,
    });
    expect(await builds.print(built.image, VERSIONS)).toEqual(INSTALLED);
    expect(builds.channels.requests.slice(before).filter((path) => path.includes('repodata'))).toEqual([]);
    expect(await builds.print(built.image, 'echo $SEED; python -c "import mine; print(mine.__file__)"')).toEqual([
      '42',
      '/home/jovyan/mine.py',
    ]);
  });

  it('are installed as an explicit list says', async () => {
    const packages = locked(WHOLE);
    const built = await builds.buildWell('explicit', {
      'conda-linux-64.lock': [
        '@EXPLICIT',
        ...packages.map(({ url, md5 }) => `${url}#${md5}`),
        `# pip idna @ ${IDNA.url} --hash=sha256:${IDNA.sha256}`,
        '',
      ].join('\n'),
    });
    expect(await builds.print(built.image, VERSIONS)).toEqual(INSTALLED);
  });

  it('are installed as pixi.lock says, with the repository itself', async () => {
    const packages = [...locked(WHOLE), IDNA];
    const built = await builds.buildWell('pixi', {
      'pixi.lock': renderPixiLock({ packages, paths: ['./'] }),
      ...PROJECT,
    });
    expect(await builds.print(built.image, VERSIONS)).toEqual(INSTALLED);
    expect(await builds.print(built.image, 'cd /; python -c "import mine; print(mine.__file__)"')).toEqual([
      '/home/jovyan/mine.py',
    ]);
  });

  it('are solved from pixi.toml where there is no lock', async () => {
    const built = await builds.buildWell('pixi-toml', {
      'pixi.toml':
        '[workspace]\nchannels = ["locked"]\nplatforms = ["linux-64"]\n[dependencies]\npython = "3.13.*"\ngreeter = "<2"\ntool = { version = ">=1", channel = "locked" }\n[pypi-dependencies]\nidna = "==3.10"\n',
    });
    expect(await builds.print(built.image, 'greet; tool; python -c "import idna; print(idna.__version__)"')).toEqual([
      'hello from 1.0',
      '/srv/conda/envs/kernel',
      '3.10',
    ]);
  });

  it('are what an image records, from which it can be built again without a channel', async () => {
    const files = { 'environment.yml': 'channels: [locked]\ndependencies: [greeter<2, tool]\n' };
    const first = await builds.buildWell('recorded', files);
    const lock = await readLock(first.image);
    expect(lock.conda).toContainEqual(expect.objectContaining({ name: 'greeter', version: '1.0' }));
    const before = builds.channels.requests.length;
    const again = await builds.buildWell('again', files, { lock });
    expect((await readLock(again.image)).conda).toEqual(lock.conda);
    expect(builds.channels.requests.slice(before).filter((path) => path.includes('repodata'))).toEqual([]);
    expect(await builds.print(again.image, 'greet')).toEqual(['hello from 1.0']);
    const gone = { ...lock, conda: (lock.conda ?? []).map((one) => ({ ...one, url: one.url.replace('tool-', 'x-') })) };
    const { result } = await builds.build('gone', files, { lock: gone });
    expect(result).toMatchObject({ ok: false, error: { code: 'LOCK_PACKAGE_GONE' } });
  });

  it('leave the kernel to the server where they have no Python', async () => {
    const built = await builds.buildWell('no-python', { 'conda-lock.yml': renderCondaLock(locked({ tool: '1.1' })) });
    const printed = await builds.print(built.image, 'tool; echo $KERNEL_PYTHON_PREFIX; jupyter kernelspec list');
    expect(printed.slice(0, 2)).toEqual(['/srv/conda/envs/kernel', '/srv/conda/envs/notebook']);
    expect(printed).toContain('  python3    /srv/conda/share/jupyter/kernels/python3');
  });

  it('fail where a file is not the one that they name', async () => {
    const [python, greeter, tool] = locked(WHOLE);
    if (python === undefined || greeter === undefined || tool === undefined) throw new Error('nothing is served');
    const conda = renderCondaLock([python, { ...greeter, sha256: '0'.repeat(64) }]);
    const explicit = `@EXPLICIT\n${python.url}#${python.md5}\n${tool.url}#${'0'.repeat(32)}\n`;
    const pip = renderCondaLock([python, { ...IDNA, sha256: '0'.repeat(64) }]);
    const results = [
      (await builds.build('bad-conda', { 'conda-lock.yml': conda })).result,
      (await builds.build('bad-explicit', { 'conda-linux-64.lock': explicit })).result,
      (await builds.build('bad-pip', { 'conda-lock.yml': pip })).result,
    ];
    const mismatch = (name: string) => ({
      ok: false,
      error: { code: 'BUILD_CHECKSUM_MISMATCH', message: expect.stringContaining(name) as string },
    });
    expect(results).toMatchObject([mismatch(greeter.url), mismatch(tool.url), mismatch('idna')]);
  });
});
