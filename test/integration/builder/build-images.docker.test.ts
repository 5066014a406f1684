import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BaseImage } from '../../../services/builder/base/base-images.ts';
import { createBuilder, type Builder } from '../../../services/builder/main.ts';
import type { BuildEvent, BuildResult } from '../../../services/contracts/build.ts';
import { makeImageName } from '../../../services/contracts/image-name.ts';
import { LABELS } from '../../../services/contracts/labels.ts';
import { Settings } from '../../../services/contracts/settings.ts';
import { createAddressGuard } from '../../../services/platform/address-guard.ts';
import { loadConfig } from '../../../services/platform/config-loader.ts';
import { createGit } from '../../../services/platform/git-command.ts';
import { makeBuildRequest } from '../../builder/build-request.ts';
import { readTestCaBundle, ensureTestBase, TEST_IMAGE_PREFIX } from '../../support/base-image.ts';
import { connectTestEngine, listLeftovers, runInImage } from '../../support/docker-engine.ts';
import { startGitServer, type GitServer, type ServedRepository } from '../../support/git-server.ts';
import { runGenerator } from '../../support/run-generator.ts';

const NOTEBOOK = JSON.stringify({ cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 });

describe('building images on a Docker engine', () => {
  const engine = connectTestEngine();
  const made = new Set<string>();
  let server: GitServer;
  let base: BaseImage;
  let builder: Builder;
  let temporary = '';
  let environments: string[] = [];
  let leftovers: string[] = [];

  const listEnvironments = async (): Promise<string[]> =>
    (await engine.listImages())
      .flatMap(({ RepoTags }) => RepoTags ?? [])
      .filter((tag) => tag.startsWith(`${TEST_IMAGE_PREFIX}env:`));
  const listAllLeftovers = async (): Promise<string[]> =>
    (
      await Promise.all(
        ['layer', 'commit', 'environment'].map((kind) => listLeftovers(engine, `${LABELS.kind}=${kind}`)),
      )
    ).flat();

  beforeAll(async () => {
    base = await ensureTestBase(engine);
    server = await startGitServer();
    temporary = await mkdtemp(join(tmpdir(), 'builder-'));
    environments = await listEnvironments();
    leftovers = await listAllLeftovers();
    const overrides = { imagePrefix: TEST_IMAGE_PREFIX };
    builder = createBuilder(loadConfig(Settings, { env: {}, prefix: 'SLIPWAY', overrides }), engine, {
      git: createGit(process.env),
      guard: createAddressGuard([server.host]),
      temporary,
      caBundle: await readTestCaBundle(),
    });
  });

  afterAll(async () => {
    const added = (await listEnvironments()).filter((tag) => !environments.includes(tag));
    for (const name of [...made, ...added])
      await engine
        .getImage(name)
        .remove({ force: true })
        .catch(() => undefined);
    await server[Symbol.asyncDispose]();
    await rm(temporary, { recursive: true, force: true });
  });

  type Built = {
    readonly image: string;
    readonly result: BuildResult;
    readonly log: string;
    readonly events: BuildEvent[];
  };

  const build = async (served: ServedRepository, signal = AbortSignal.timeout(300_000)): Promise<Built> => {
    const unnamed = makeBuildRequest(served);
    const { canonical, commit } = unnamed.repository;
    const image = makeImageName({ prefix: TEST_IMAGE_PREFIX, canonical, commit });
    made.add(image);
    const { items, result } = await runGenerator(builder.build({ ...unnamed, imageName: image }, signal));
    return { image, result, events: items, log: items.map(({ message }) => message).join('') };
  };
  const stepsOf = ({ events }: Built): string[] =>
    events.flatMap(({ step }) => (step?.status === 'started' || step?.status === 'cached' ? [step.name] : []));
  const expectNothingLeft = async (): Promise<void> => {
    expect(await readdir(temporary)).toEqual([]);
    expect(await listAllLeftovers()).toEqual(leftovers);
  };

  it('installs the packages of requirements.txt, and a later commit of a notebook installs nothing', async () => {
    const files = { 'requirements.txt': 'numpy\npandas\n', 'index.ipynb': NOTEBOOK };
    const first = await build(await server.createRepository('science', files));
    expect(first.result).toEqual({ ok: true, imageName: first.image });
    expect(stepsOf(first)).toContain('Install Python packages');
    const command = [
      'python',
      '-c',
      'import numpy, pandas, os; print(pandas.DataFrame({"a": numpy.ones(3)}).a.sum(), os.listdir())',
    ];
    const run = await runInImage(first.image, command);
    expect(run).toMatchObject({ status: 0, output: expect.stringMatching(/^3\.0 .*index\.ipynb/) as string });

    const commit = await server.commit('science', { 'index.ipynb': `${NOTEBOOK}\n`, 'new.py': 'x = 1\n' }, 'notebook');
    const second = await build({ url: `${server.url}/science.git`, commit });
    expect(second.result.ok).toBe(true);
    expect(second.log).toMatch(/environment [0-9a-f]+ is unchanged: nothing to install/);
    expect(stepsOf(second)).toEqual([]);
    const [below, above] = await Promise.all(
      [first.image, second.image].map((name) => engine.getImage(name).inspect()),
    );
    expect(above?.RootFS.Layers?.slice(0, -1)).toEqual(below?.RootFS.Layers?.slice(0, -1));
    expect(above?.Config.Labels[LABELS.environmentKey]).toBe(below?.Config.Labels[LABELS.environmentKey]);
    expect((await runInImage(second.image, ['python', '-c', 'import numpy, new; print(new.x)'])).output).toBe('1');
    await expectNothingLeft();
  });

  it('builds a repository with no configuration from the base alone, and records what it is', async () => {
    const served = await server.createRepository('plain', { 'a.txt': 'a' });
    const built = await build(served);
    expect(built.result.ok).toBe(true);
    const { Config } = await engine.getImage(built.image).inspect();
    expect(Config.Labels).toMatchObject({
      [LABELS.kind]: 'commit',
      [LABELS.commit]: served.commit,
      [LABELS.repoUrl]: served.url,
      [LABELS.recipe]: '1',
    });
    expect(JSON.parse(Config.Labels[LABELS.plan] ?? '')).toMatchObject({ kind: 'environment', python: '3.13' });
    expect(Config.Cmd).toEqual(['jupyter', 'lab', '--ip=0.0.0.0', '--port=8888', '--no-browser']);
  });

  it('runs apt.txt, postBuild and start, whatever their modes and line ends', async () => {
    const served = await server.createRepository('scripts', {
      'apt.txt': 'tree\n',
      postBuild: '#!/bin/bash\r\nset -e\r\necho built > built.txt\r\nnode --version\r\n',
      start: { text: '#!/bin/sh\nexport GREETING=hello\nexec "$@"\n', mode: 0o644 },
    });
    const built = await build(served);
    expect(built.result).toMatchObject({ ok: true });
    expect(stepsOf(built)).toEqual(expect.arrayContaining(['Install Debian packages', 'Run postBuild']));
    const run = await runInImage(built.image, [
      'sh',
      '-c',
      'echo "$GREETING $(cat built.txt) $(whoami)"; tree -a --noreport',
    ]);
    expect(run.output).toMatch(/^hello built jovyan\n/);
    expect(run.output).toContain('built.txt');
  });

  it('names a package that does not exist', async () => {
    const served = await server.createRepository('absent', {
      'requirements.txt': 'there-is-no-such-package-slipway\n',
    });
    expect((await build(served)).result).toMatchObject({
      ok: false,
      error: {
        code: 'BUILD_PACKAGE_NOT_FOUND',
        message: expect.stringContaining('there-is-no-such-package-slipway') as string,
      },
    });
    await expectNothingLeft();
  });

  it('names a version that does not exist', async () => {
    const served = await server.createRepository('version', { 'requirements.txt': 'numpy==99.99\n' });
    expect((await build(served)).result).toMatchObject({
      ok: false,
      error: { code: 'BUILD_PACKAGE_NOT_FOUND', message: expect.stringContaining('numpy==99.99') as string },
    });
  });

  it('names a Debian package that does not exist', async () => {
    const served = await server.createRepository('debian', { 'apt.txt': 'no-such-package-slipway\n' });
    expect((await build(served)).result).toMatchObject({
      ok: false,
      error: { code: 'BUILD_APT_FAILED', message: expect.stringContaining('no-such-package-slipway') as string },
    });
  });

  it('reports a failing postBuild with its exit code, and its output in the log', async () => {
    const served = await server.createRepository('failing', { postBuild: '#!/bin/sh\necho about to fail\nexit 7\n' });
    const built = await build(served);
    expect(built.result).toMatchObject({
      ok: false,
      error: { code: 'BUILD_POSTBUILD_FAILED', message: expect.stringContaining('7') as string },
    });
    expect(built.log).toContain('about to fail');
    await expectNothingLeft();
  });

  it('builds a Dockerfile of the repository, which gets its content as root and its arguments', async () => {
    const served = await server.createRepository('dockerfile', {
      Dockerfile: `FROM ${base.name}\nARG NB_USER\nCOPY a.txt /a.txt\nUSER root\nRUN stat -c %u /a.txt > /owner && echo $NB_USER >> /owner\nUSER $NB_USER\n`,
      'a.txt': 'a',
    });
    const built = await build(served);
    expect(built.result).toMatchObject({ ok: true });
    expect((await runInImage(built.image, ['cat', '/owner'])).output).toBe('0\njovyan');
  });

  it('reports a Dockerfile that fails by its instruction', async () => {
    const served = await server.createRepository('dockerfile-failing', {
      Dockerfile: `FROM ${base.name}\nRUN echo no && exit 3\n`,
    });
    expect((await build(served)).result).toMatchObject({
      ok: false,
      error: { code: 'BUILD_DOCKERFILE_FAILED', message: expect.stringContaining('RUN echo no && exit 3') as string },
    });
  });

  it('gives an invalid configuration as a result, without building', async () => {
    const served = await server.createRepository('invalid', { 'runtime.txt': 'ruby 3\n' });
    const built = await build(served);
    expect(built.result).toMatchObject({ ok: false, error: { code: 'DETECT_RUNTIME_INVALID' } });
    expect(stepsOf(built)).toEqual([]);
  });

  it('stops when it is aborted, and leaves nothing', async () => {
    const served = await server.createRepository('aborted', { postBuild: '#!/bin/sh\necho started\nsleep 300\n' });
    const reason = new Error('the server is going down');
    const stop = new AbortController();
    const unnamed = makeBuildRequest(served, `${TEST_IMAGE_PREFIX}aborted:1`);
    const run = builder.build(unnamed, stop.signal);
    await expect(
      (async () => {
        for await (const { message } of run) if (message === 'started\n') stop.abort(reason);
      })(),
    ).rejects.toBe(reason);
    await expectNothingLeft();
  });
});
