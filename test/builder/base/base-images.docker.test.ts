import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBaseImages, type BaseImage } from '../../../services/builder/base/base-images.ts';
import { createDockerImageBuilder } from '../../../services/builder/image/docker-image-builder.ts';
import { createDockerImageStore } from '../../../services/builder/image/docker-image-store.ts';
import { readSettings } from '../../../services/cli/read-settings.ts';
import { createTestBaseImages, ensureTestBase, TEST_IMAGE_PREFIX } from '../../support/base-image.ts';
import { connectTestEngine, createImageScope, createTinyImage, runInImage } from '../../support/docker-engine.ts';
import { runGenerator } from '../../support/run-generator.ts';

describe('base images', () => {
  const engine = connectTestEngine();
  let base: BaseImage;
  beforeAll(async () => {
    base = await ensureTestBase(engine);
  });

  const listTags = async (prefix: string): Promise<string[]> =>
    (await engine.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag.startsWith(prefix));

  const listWorkspaces = async (): Promise<string[]> =>
    (await readdir(tmpdir())).filter((name) => /^(slipway-base-|mmdebstrap\.)/.test(name));

  it('finds a base that is there without doing anything', async () => {
    const bases = await createTestBaseImages(engine);
    const { items, result } = await runGenerator(bases.ensure({ python: '3.13' }, AbortSignal.timeout(5000)));
    expect(items).toEqual([]);
    expect(result).toEqual(base);
  });

  it('leaves no image of the bare system behind', async () => {
    expect(await listTags(`${TEST_IMAGE_PREFIX}base-system`)).toEqual([]);
  });

  it('runs a command as the user in the directory of the repository, with the names that scripts expect', async () => {
    const script = 'pwd; whoami; python --version; echo "$REPO_DIR $NB_USER $CONDA_DIR $KERNEL_PYTHON_PREFIX $NPM_DIR"';
    const { output } = await runInImage(base.name, ['sh', '-c', script]);
    expect(output.split('\n')).toEqual([
      '/home/jovyan',
      'jovyan',
      expect.stringMatching(/^Python 3\.13\./),
      '/home/jovyan jovyan /srv/conda /srv/conda/envs/notebook /srv/npm',
    ]);
  });

  it('keeps its programs on the path of a login shell, which a terminal of JupyterLab is', async () => {
    const { status, output } = await runInImage(base.name, ['bash', '-lc', 'command -v python jupyter']);
    expect({ status, output }).toEqual({
      status: 0,
      output: '/srv/conda/envs/notebook/bin/python\n/srv/conda/envs/notebook/bin/jupyter',
    });
  });

  it('has the tools that postBuild scripts use, all usable without root', async () => {
    const script = [
      'set -e',
      'for tool in git curl less bzip2 unzip xz ps envsubst locale pip uv jupyter node npm npx; do command -v $tool; done > /dev/null',
      'node --version',
      'touch "$NB_PYTHON_PREFIX/lib/probe" /srv/npm/probe "$HOME/probe"',
      'locale | grep -c en_US.UTF-8 > /dev/null',
      'find "$HOME" -mindepth 1 -maxdepth 1 -name ".[^bp]*"',
      'npm config get prefix',
    ].join('\n');
    const run = await runInImage(base.name, ['sh', '-c', script]);
    expect(run).toEqual({ status: 0, output: expect.stringMatching(/^v\d+\.\S+\n\/srv\/npm$/) as string });
  });

  it('lets the root group change what is installed and its record, and no other file of the system', async () => {
    const places = '/usr /etc /opt /var /root /srv/slipway -not -type l -not -path /var/tmp -not -path /srv/slipway';
    const installed =
      'test -w "$NB_PYTHON_PREFIX/bin" && test -w "$NB_PYTHON_PREFIX"/lib/python3*/site-packages/jupyterlab';
    const script = `${installed} && test -w "$HOME" && echo installed; find ${places} -group 0 -perm -020 2> /dev/null`;
    expect(await runInImage(base.name, ['sh', '-c', script], { User: '4321' })).toMatchObject({ output: 'installed' });
  });

  it('has a bytecode file for each module, and no certificates of the operator', async () => {
    const script = `cd "$NB_PYTHON_PREFIX/lib" && find . -name '*.py' | wc -l && find . -name '*.pyc' | wc -l; ls /run/*.pem`;
    const { output } = await runInImage(base.name, ['sh', '-c', script]);
    const [modules, compiled] = output.split('\n').map(Number);
    expect(compiled).toBeGreaterThan((modules ?? 0) * 0.95);
    expect(output).toContain('/run/*.pem');
  });

  it('serves Jupyter with the token that it is given', async () => {
    const container = await engine.createContainer({
      Image: base.name,
      Env: ['JUPYTER_TOKEN=the-token'],
      HostConfig: { AutoRemove: true, CapDrop: ['ALL'], SecurityOpt: ['no-new-privileges'] },
    });
    try {
      await container.start();
      const address = (await container.inspect()).NetworkSettings.Networks['bridge']?.IPAddress ?? '';
      const ask = async (token: string) =>
        fetch(`http://${address}:8888/api/kernelspecs`, { headers: { authorization: `token ${token}` } })
          .then((response) => response.status)
          .catch(() => 0);
      await expect.poll(() => ask('the-token'), { timeout: 20_000 }).toBe(200);
      expect(await ask('another')).toBe(403);
    } finally {
      await container.remove({ force: true });
    }
  });

  describe('that cannot be finished', () => {
    const scope = createImageScope(engine, 'base');
    const parts = {
      engine,
      builder: createDockerImageBuilder(engine),
      images: createDockerImageStore(engine),
      imagePrefix: scope.prefix,
      settings: readSettings({}, {}).base,
      indexUrl: '',
    };
    afterAll(() => scope[Symbol.asyncDispose]());

    it('say which mirror does not answer, and leave nothing', async () => {
      const bases = createBaseImages({
        ...parts,
        settings: { ...parts.settings, debianMirror: 'http://127.0.0.1:9/debian' },
      });
      await expect(runGenerator(bases.ensure({ python: '3.13' }, AbortSignal.timeout(60_000)))).rejects.toMatchObject({
        code: 'IMAGE_BASE_FAILED',
        message: expect.stringContaining('mmdebstrap') as string,
      });
      expect(await listTags(scope.prefix)).toEqual([]);
    });

    it('stop when the last caller is aborted, and leave nothing', async () => {
      const before = await listWorkspaces();
      const bases = createBaseImages(parts);
      const stop = new AbortController();
      const run = async () => {
        for await (const line of bases.ensure({ python: '3.13' }, stop.signal))
          if (line.includes('running apt-get update')) stop.abort(new Error('shutdown'));
      };
      await expect(run()).rejects.toThrow('shutdown');
      await expect.poll(listWorkspaces, { timeout: 20_000 }).toEqual(before);
      await expect.poll(() => listTags(scope.prefix), { timeout: 20_000 }).toEqual([]);
    });

    it('name the step when the image to build on lacks what is needed', async () => {
      const from = `${scope.prefix}tiny:${randomUUID()}`;
      await createTinyImage(from);
      const bases = createBaseImages({ ...parts, settings: { ...parts.settings, from } });
      await expect(runGenerator(bases.ensure({ python: '3.13' }, AbortSignal.timeout(60_000)))).rejects.toMatchObject({
        code: 'IMAGE_BASE_FAILED',
        message: expect.stringContaining('apt-get') as string,
      });
    });

    it('refuse a Python that no base has', async () => {
      const run = runGenerator(createBaseImages(parts).ensure({ python: '2.7' }, AbortSignal.timeout(5000)));
      await expect(run).rejects.toMatchObject({ code: 'IMAGE_BASE_FAILED' });
    });
  });
});
