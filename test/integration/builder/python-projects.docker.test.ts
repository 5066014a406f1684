import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBuilder, type Builder } from '../../../services/builder/main.ts';
import { makeImageName } from '../../../services/contracts/image-name.ts';
import { Settings } from '../../../services/contracts/settings.ts';
import { createAddressGuard } from '../../../services/platform/address-guard.ts';
import { loadConfig } from '../../../services/platform/config-loader.ts';
import { createGit } from '../../../services/platform/git-command.ts';
import { makeBuildRequest } from '../../builder/build-request.ts';
import { ensureTestBase, readTestCaBundle, TEST_IMAGE_PREFIX } from '../../support/base-image.ts';
import { connectTestEngine, createImageScope, runInImage } from '../../support/docker-engine.ts';
import { startGitServer, type GitServer } from '../../support/git-server.ts';
import { runGenerator } from '../../support/run-generator.ts';

const REPOSITORIES = join(import.meta.dirname, '../../../fixtures/repos');

const VERSION = (name: string) => `import importlib.metadata as m; print(m.version(${JSON.stringify(name)}))`;
const HARBOUR = 'import os; os.chdir("/tmp"); import harbour; print(harbour.NAME, harbour.__file__)';
const INSTALLED = /^hafen .*site-packages\/harbour/;

/** A fixture, Python to run in its image, and what that prints. */
const CASES: readonly (readonly [string, string, RegExp])[] = [
  ['runtime-dated', VERSION('toolz'), /^0\.12\.0$/],
  ['runtime-dated-default', VERSION('cachetools'), /^5\.3\.2$/],
  ['project', HARBOUR, INSTALLED],
  ['project-and-requirements', `import six, sys; print(sys.version_info[:2]); ${HARBOUR}`, /^\(3, 11\)\nhafen /],
  ['project-dynamic', HARBOUR, INSTALLED],
  ['project-editable', HARBOUR, /^hafen \/home\/jovyan\/src\/harbour/],
  ['project-setup-cfg', HARBOUR, INSTALLED],
  ['project-setup-py', HARBOUR, INSTALLED],
  [
    'pipfile-lock',
    `import sys; print(sys.version_info[:2]); ${VERSION('toolz')}; ${VERSION('cachetools')}`,
    /^\(3, 11\)\n0\.12\.0\n5\.3\.2$/,
  ],
  ['pipfile', `import cachetools; ${VERSION('toolz')}`, /^0\.12\.1$/],
  ['pipfile-binder-path', `import toolz; ${HARBOUR}`, /^hafen \/home\/jovyan\/src\/harbour/],
  [
    'uv-lock',
    `${VERSION('toolz')}; ${VERSION('anyio')}; ${HARBOUR}`,
    /^0\.12\.0\n4\.2\.0\nhafen .*site-packages\/harbour/,
  ],
  [
    'pylock',
    `${VERSION('cachetools')}; ${VERSION('anyio')}; ${HARBOUR}`,
    /^5\.3\.2\n4\.2\.0\nhafen .*site-packages\/harbour/,
  ],
];

describe('Python projects, locks and days', () => {
  const engine = connectTestEngine();
  const scope = createImageScope(engine, 'python');
  const { prefix } = scope;
  let server: GitServer;
  let builder: Builder;
  let temporary = '';

  beforeAll(async () => {
    for (const python of ['3.13', '3.11']) await shareBase(python);
    server = await startGitServer();
    temporary = await mkdtemp(join(tmpdir(), 'python-projects-'));
    builder = createBuilder(
      loadConfig(Settings, { env: {}, prefix: 'SLIPWAY', overrides: { imagePrefix: prefix } }),
      engine,
      {
        git: createGit(process.env),
        guard: createAddressGuard([server.host]),
        temporary,
        caBundle: await readTestCaBundle(),
      },
    );
  });

  /** Bases are named by their recipe, so the one of all tests serves here under another name. */
  const shareBase = async (python: string): Promise<void> => {
    const { name } = await ensureTestBase(engine, python);
    const [repo = '', tag = ''] = name.replace(TEST_IMAGE_PREFIX, prefix).split(':');
    await engine.getImage(name).tag({ repo, tag });
  };

  afterAll(async () => {
    await scope[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await rm(temporary, { recursive: true, force: true });
  });

  const build = async (fixture: string): Promise<{ readonly image: string; readonly log: string }> => {
    const unnamed = makeBuildRequest(await server.createRepositoryFrom(fixture, join(REPOSITORIES, fixture)));
    const { canonical, commit } = unnamed.repository;
    const image = makeImageName({ prefix, canonical, commit });
    const run = builder.build({ ...unnamed, imageName: image }, AbortSignal.timeout(170_000));
    const { items, result } = await runGenerator(run);
    const log = items.map(({ message }) => message).join('');
    if (!result.ok) throw new Error(`${result.error.message}\n${log}`);
    return { image, log };
  };

  it.each(CASES)('%s is installed', async (fixture, code, expected) => {
    const { image } = await build(fixture);
    const run = await runInImage(image, ['python', '-c', code]);
    expect(run).toMatchObject({ status: 0, output: expect.stringMatching(expected) as string });
  });

  it('has no case without its fixture', async () => {
    for (const [fixture] of CASES)
      expect(await readFile(join(REPOSITORIES, `${fixture}.expect.json`), 'utf8')).toContain('"plan": true');
  });
});
