import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBuilder, type Builder } from '../../../services/builder/main.ts';
import { LABELS } from '../../../services/contracts/labels.ts';
import { Settings } from '../../../services/contracts/settings.ts';
import { createAddressGuard } from '../../../services/platform/address-guard.ts';
import { loadConfig } from '../../../services/platform/config-loader.ts';
import { createGit } from '../../../services/platform/git-command.ts';
import { makeBuildRequest } from '../../builder/build-request.ts';
import { ensureTestBase, readTestCaBundle } from '../../support/base-image.ts';
import { connectTestEngine, createImageScope, runInImage } from '../../support/docker-engine.ts';
import { startGitServer, type GitServer } from '../../support/git-server.ts';
import { runGenerator } from '../../support/run-generator.ts';

/** What is added, removed and changed between the two are all there is to change. */
const BEFORE = { 'requirements.txt': 'toolz==0.12.0\nsortedcontainers\nheapdict\n' };
const AFTER = { 'requirements.txt': 'toolz==1.0.0\nsortedcontainers\ntabulate\n' };

/** Byte code has the times of its sources in it, so of that only the names count. */
const LIST_FILES = [
  'cd "$NB_PYTHON_PREFIX" && find . -not -type f | sort',
  "find . -type f -name '*.pyc' | sort",
  "find . -type f -not -name '*.pyc' -printf '%m %p\\n' | sort -k 2",
  "find . -type f -not -name '*.pyc' -print0 | sort -z | xargs -0 sha256sum",
  'cat /srv/slipway/lock.json /srv/slipway/sbom.json',
].join(' && ');

describe('an environment that starts from an earlier one', () => {
  const engine = connectTestEngine();
  const scope = createImageScope(engine, 'start');
  let server: GitServer;
  let builder: Builder;
  let temporary = '';

  beforeAll(async () => {
    const base = await ensureTestBase(engine);
    const [name = '', tag = ''] = (base.name.split('/').at(-1) ?? '').split(':');
    await engine.getImage(base.name).tag({ repo: `${scope.prefix}${name}`, tag });
    server = await startGitServer();
    temporary = await mkdtemp(join(tmpdir(), 'start-'));
    const overrides = { imagePrefix: scope.prefix };
    builder = createBuilder(loadConfig(Settings, { env: {}, prefix: 'SLIPWAY', overrides }), engine, {
      git: createGit(process.env),
      guard: createAddressGuard([server.host]),
      temporary,
      caBundle: await readTestCaBundle(),
    });
  });

  afterAll(async () => {
    await scope[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    await rm(temporary, { recursive: true, force: true });
  });

  const build = async (repository: string, commit: string) => {
    const image = `${scope.prefix}${repository}:${commit}`;
    const request = makeBuildRequest({ url: `${server.url}/${repository}.git`, commit }, image);
    const { items, result } = await runGenerator(builder.build(request, AbortSignal.timeout(300_000)));
    expect(result).toMatchObject({ ok: true });
    return { image, log: items.map(({ message }) => message).join('') };
  };
  const labelsOf = async (image: string) => (await engine.getImage(image).inspect()).Config.Labels;

  it('is what a build on the base gives, to the byte, also after the earlier one is gone', async () => {
    await build('near', (await server.createRepository('near', BEFORE)).commit);
    const near = await build('near', await server.commit('near', AFTER, 'change'));
    const fresh = await build('fresh', (await server.createRepository('fresh', AFTER)).commit);
    expect(near.log).toContain('Starting from');
    expect(near.log).not.toContain('Installing on the base');
    expect(fresh.log).not.toContain('Starting from');
    const [ours, theirs] = [await labelsOf(near.image), await labelsOf(fresh.image)];
    expect(ours[LABELS.environmentKey]).toBe(theirs[LABELS.environmentKey]);
    expect(ours[LABELS.lock]).toBe(theirs[LABELS.lock]);
    const [, earlier = ''] = /Starting from (\S+),/.exec(near.log) ?? [];
    await engine.getImage(earlier).remove({ force: true });
    const list = (image: string) => runInImage(image, ['sh', '-c', LIST_FILES]);
    expect(await list(near.image)).toEqual(await list(fresh.image));
  });
});
