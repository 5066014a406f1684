import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pruneBuildCache } from '../../../services/builder/image/build-cache.ts';
import { createContentTar } from '../../../services/builder/image/content-tar.ts';
import { createDockerImageBuilder } from '../../../services/builder/image/docker-image-builder.ts';
import { createDockerImageStore } from '../../../services/builder/image/docker-image-store.ts';
import { markImages } from '../../../services/builder/image/mark-images.ts';
import { pruneNameless } from '../../../services/builder/image/prune-nameless.ts';
import { createBuilder } from '../../../services/builder/main.ts';
import { LABELS } from '../../../services/contracts/labels.ts';
import { readSettings } from '../../../services/cli/read-settings.ts';
import { createAddressGuard } from '../../../services/platform/address-guard.ts';
import { systemClock } from '../../../services/platform/clock.ts';
import { ignoreNotFound, type DockerEngine } from '../../../services/platform/docker-engine.ts';
import { createGit } from '../../../services/platform/git-command.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { createTinyImage } from '../../support/docker-engine.ts';
import { startOwnEngine, type OwnEngine } from '../../support/own-engine.ts';
import { runToEnd } from '../../support/slipway-server.ts';
import { runGenerator } from '../../support/run-generator.ts';

// Housekeeping looks at everything that an engine has, and there is one build cache for all.
let own: OwnEngine;
let engine: DockerEngine;
beforeAll(async () => {
  own = await startOwnEngine();
  ({ engine } = own);
});
afterAll(() => own[Symbol.asyncDispose]());

const scope = { prefix: 'slipway-test/housekeeping/' };
const other = { prefix: 'slipway-test/other/' };

const HOUR = 3_600_000;

const addImage = (from: string, tag: string, [kind, key]: readonly [string, string]) => {
  const layer = createContentTar([{ kind: 'text', path: 'note.txt', text: tag }], 0);
  const labels = { [LABELS.kind]: kind, [LABELS.environmentKey]: key };
  return createDockerImageStore(engine).addLayer(
    { tag, from, layer, root: '/', labels, env: {} },
    AbortSignal.timeout(60_000),
  );
};

const createTestBuilder = () => {
  const settings = readSettings({}, { SLIPWAY_IMAGE_PREFIX: scope.prefix, SLIPWAY_IMAGES_HIGH_PERCENT: '1' });
  const clock = { ...systemClock, now: () => Date.now() + 5 * HOUR };
  const guard = createAddressGuard([]);
  return createBuilder(settings, engine, { git: createGit(process.env), guard, temporary: tmpdir(), clock });
};

const createTestHousekeeper = (lastLaunches: ReadonlyMap<string, number>) =>
  createTestBuilder().createHousekeeper({
    lastLaunches: async () => lastLaunches,
    logger: createLogger({ level: 'silent' }),
  });

const makersOf = (imagePrefix: string) =>
  markImages({ builder: createDockerImageBuilder(engine), images: createDockerImageStore(engine) }, imagePrefix);

const idOf = async (name: string): Promise<string> => (await engine.getImage(name).inspect()).Id;

/** Makes images of a layer; what has the name `lost` loses it, as if something else had been built under it. */
const makeNameless = async (imagePrefix: string, text: string): Promise<string> => {
  const [from, tag] = [`${other.prefix}tiny:1`, `${imagePrefix}lost:1`];
  const layer = createContentTar([{ kind: 'text', path: 'note.txt', text }], 0);
  const signal = AbortSignal.timeout(60_000);
  await makersOf(imagePrefix).images.addLayer({ tag, from, layer, root: '/', labels: {}, env: {} }, signal);
  const id = await idOf(tag);
  await engine.getImage(from).tag({ repo: `${imagePrefix}lost`, tag: '1' });
  await engine.getImage(tag).remove();
  return id;
};

/** The same by a build. */
const buildNameless = async (imagePrefix: string): Promise<string> => {
  const [from, tag] = [`${other.prefix}tiny:1`, `${imagePrefix}built:1`];
  const dockerfile = `FROM ${from}\nUSER root\nRUN echo ${imagePrefix}\n`;
  const context = createContentTar([{ kind: 'text', path: 'Dockerfile', text: dockerfile }], 0);
  const request = { tag, context, dockerfile: 'Dockerfile', labels: {} };
  const run = makersOf(imagePrefix).builder.build(request, AbortSignal.timeout(60_000));
  expect((await runGenerator(run)).result).toEqual({ ok: true });
  const id = await idOf(tag);
  await engine.getImage(from).tag({ repo: `${imagePrefix}built`, tag: '1' });
  await engine.getImage(tag).remove();
  return id;
};

const areThere = (ids: readonly string[]): Promise<boolean[]> =>
  Promise.all(ids.map(async (id) => (await ignoreNotFound(engine.getImage(id).inspect())) !== undefined));

it('removes what nothing uses, and nothing of another installation', async () => {
  const tiny = `${other.prefix}tiny:1`;
  await createTinyImage(tiny, engine);
  const [env, freeEnv] = [`${scope.prefix}env:used`, `${scope.prefix}env:free`];
  const [used, launched, free] = ['used', 'launched', 'free'].map((name) => `${scope.prefix}${name}:1`) as [
    string,
    string,
    string,
  ];
  await addImage(tiny, env, ['environment', 'used']);
  await addImage(tiny, freeEnv, ['environment', 'free']);
  await addImage(env, used, ['commit', 'used']);
  await addImage(env, launched, ['commit', 'used']);
  await addImage(freeEnv, free, ['commit', 'free']);
  const container = await engine.createContainer({ Image: used });
  try {
    const housekeeper = createTestHousekeeper(new Map([[launched, Date.now() + 4.5 * HOUR]]));
    expect((await housekeeper.tidy()).images).toEqual([free, freeEnv]);
    const left = (await engine.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
    expect(left).toEqual(expect.arrayContaining([tiny, env, used, launched]));
    expect([free, freeEnv].filter((name) => left.includes(name))).toEqual([]);
  } finally {
    await container.remove({ force: true });
  }
  const rest = await createTestHousekeeper(new Map()).tidy();
  expect(rest.images).toEqual(expect.arrayContaining([used, launched, env]));
});

it('removes images that lost their names, and none that something uses or that another installation made', async () => {
  const tiny = `${other.prefix}tiny:1`;
  await createTinyImage(tiny, engine);
  const gone = [await makeNameless(scope.prefix, 'unused'), await buildNameless(scope.prefix)];
  const run = await makeNameless(scope.prefix, 'run');
  const below = await makeNameless(scope.prefix, 'below');
  const foreign = [await makeNameless(other.prefix, 'foreign'), await buildNameless(other.prefix)];
  const kept = [run, below, ...foreign];
  const [container, above] = [await engine.createContainer({ Image: run }), `${other.prefix}above:1`];
  await addImage(below, above, ['commit', 'above']);
  try {
    const { builder, housekeeper } = { builder: createTestBuilder(), housekeeper: createTestHousekeeper(new Map()) };
    expect(await pruneNameless(engine, { imagePrefix: scope.prefix, before: Date.now() - HOUR })).toBe(0);
    expect(await areThere([...gone, ...kept])).toEqual([true, true, true, true, true, true]);
    expect(await builder.sweep()).toEqual({ containers: 0, nameless: 2 });
    expect(await areThere([...gone, ...kept])).toEqual([false, false, true, true, true, true]);
    await container.remove({ force: true });
    expect(await housekeeper.clear()).toMatchObject({ nameless: 1 });
    expect(await areThere(kept)).toEqual([false, true, true, true]);
    await engine.getImage(above).remove();
  } finally {
    await ignoreNotFound(container.remove({ force: true }));
  }
});

it('prunes the build cache, what steps mount included, when nothing else is left to remove', async () => {
  const tiny = `${other.prefix}tiny:1`;
  await createTinyImage(tiny, engine);
  const dockerfile = `FROM ${tiny}\nUSER root\nRUN --mount=type=cache,target=/cache head -c 3000000 /dev/zero > /cache/kept\n`;
  const context = createContentTar([{ kind: 'text', path: 'Dockerfile', text: dockerfile }], 0);
  const request = { tag: `${other.prefix}cached:1`, context, dockerfile: 'Dockerfile', labels: {} };
  const run = createDockerImageBuilder(engine).build(request, AbortSignal.timeout(60_000));
  expect((await runGenerator(run)).result).toEqual({ ok: true });
  const listMounted = async () => {
    const { BuildCache } = (await engine.df()) as { readonly BuildCache: readonly { readonly Type: string }[] | null };
    return (BuildCache ?? []).filter(({ Type }) => Type === 'exec.cachemount');
  };
  expect(await listMounted()).toHaveLength(1);
  expect(await pruneBuildCache(engine, HOUR)).toBe(0);
  expect(await listMounted()).toHaveLength(1);
  const { cacheBytes } = await createTestHousekeeper(new Map()).tidy();
  expect(cacheBytes).toBeGreaterThan(3_000_000);
  expect(await listMounted()).toEqual([]);
});

it('is at hand as slipway images --prune, which keeps what was made just now', async () => {
  const name = `${scope.prefix}fresh:1`;
  await createTinyImage(`${other.prefix}tiny:1`, engine);
  await addImage(`${other.prefix}tiny:1`, name, ['commit', 'fresh']);
  const { socketPath } = engine.modem as { readonly socketPath?: string };
  const env = { SLIPWAY_DOCKER_HOST: `unix://${socketPath}`, SLIPWAY_IMAGE_PREFIX: scope.prefix };
  const pruned = await runToEnd(['images', '--prune', '--data', tmpdir()], env);
  expect(pruned).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^build cache: \d+ MiB removed\n$/) as string,
  });
  const { stdout } = await runToEnd(['images', '--json'], env);
  expect(stdout).toContain(name);
});
