import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connectTestEngine,
  createImageScope,
  readBridgeAddress,
  runInImage,
  type ImageScope,
} from '../../support/docker-engine.ts';
import { findLocalPython, startPythonBuilds, type PythonBuilds } from '../../support/python-builds.ts';
import { runToEnd } from '../../support/slipway-server.ts';

const found = await findLocalPython();

describe.skipIf(found === undefined)('a Python that Debian has not (needs one of this machine to pack)', () => {
  const python = found ?? { prefix: '', version: '' };
  const { version } = python;
  const minor = version.split('.', 2).join('.');
  const engine = connectTestEngine();
  let builds: PythonBuilds;
  let scope: ImageScope;
  let directory = '';
  beforeAll(async () => {
    builds = await startPythonBuilds(await readBridgeAddress(engine), python);
    scope = createImageScope(engine, 'any-python');
    directory = await mkdtemp(join(tmpdir(), 'any-python-'));
    await writeFile(join(directory, 'runtime.txt'), `python-${version}\n`);
    await writeFile(join(directory, 'requirements.txt'), 'six==1.17.0\n');
  });
  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
    await builds[Symbol.asyncDispose]();
    await scope[Symbol.asyncDispose]();
  });

  const build = (settings: Readonly<Record<string, string>>) =>
    runToEnd(['build', '--image-name', `${scope.prefix}image:1`, directory], {
      SLIPWAY_IMAGE_PREFIX: scope.prefix,
      SLIPWAY_BASE_PYTHON_MIRROR: builds.url,
      SLIPWAY_BASE_PYTHON_DOWNLOADS: builds.downloads,
      ...settings,
    });

  it('is refused by a server that does not offer it, with what the operator can do', async () => {
    const refused = await build({});
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`The operator can offer ${minor} (base.pythons)`) as string,
    });
    expect(builds.requests).toEqual([]);
  });

  it('is installed with its base when a repository first asks for it, by exact version', async () => {
    const built = await build({ SLIPWAY_BASE_PYTHONS: `3.13,${minor},${version}` });
    expect(built).toMatchObject({ exitCode: 0 });
    expect(built.stderr).toContain(`Making the base image ${scope.prefix}base:${version}-`);
    expect(built.stderr).toMatch(new RegExp(`Installed Python ${version.replaceAll('.', '\\.')}`));
    expect(builds.requests.filter((path) => path.includes(`cpython-${version}+`))).toHaveLength(1);
    const script = [
      'import platform, sys, ssl, sqlite3, ctypes, six, jupyterlab, ipykernel',
      'print(platform.python_version(), sys.prefix, sys.base_prefix, six.__version__)',
    ].join('; ');
    const { output } = await runInImage(`${scope.prefix}image:1`, ['python', '-c', script]);
    expect(output).toMatch(new RegExp(`^${version} /srv/conda/envs/notebook /opt/python/\\S+ 1\\.17\\.0$`));
  });

  it('runs notebooks, and has its standard library compiled', async () => {
    const notebook = { cells: [{ cell_type: 'code', source: 'import sys; print(sys.version)' }] };
    const cell = { ...notebook.cells[0], execution_count: null, metadata: {}, outputs: [] };
    const text = JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 4 });
    const script = [
      `printf '%s' "$1" > a.ipynb`,
      'jupyter execute --inplace a.ipynb 2> /dev/null',
      'cat a.ipynb',
      `find /opt/python/cpython-${version}-*/lib/python${minor} -maxdepth 2 -name 'os.*.pyc' -user root | wc -l`,
      'test ! -w /opt/python && echo kept',
    ].join(' && ');
    const { output } = await runInImage(`${scope.prefix}image:1`, ['sh', '-c', script, 'sh', text]);
    expect(output).toContain(`"${version} (`);
    expect(output).toMatch(/1\nkept$/);
  });

  it('is not made again', async () => {
    const again = await build({ SLIPWAY_BASE_PYTHONS: `3.13,${minor},${version}` });
    expect(again).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('is unchanged') as string });
    expect(again.stderr).not.toContain('Making the base image');
  });
});
