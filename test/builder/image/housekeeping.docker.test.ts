import { tmpdir } from 'node:os';
import { afterAll, expect, it } from 'vitest';
import { createContentTar } from '../../../services/builder/image/content-tar.ts';
import { createDockerImageStore } from '../../../services/builder/image/docker-image-store.ts';
import { createBuilder } from '../../../services/builder/main.ts';
import { LABELS } from '../../../services/contracts/labels.ts';
import { readSettings } from '../../../services/cli/read-settings.ts';
import { createAddressGuard } from '../../../services/platform/address-guard.ts';
import { systemClock } from '../../../services/platform/clock.ts';
import { createGit } from '../../../services/platform/git-command.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { connectTestEngine, createImageScope, createTinyImage } from '../../support/docker-engine.ts';

const engine = connectTestEngine();
const scope = createImageScope(engine, 'housekeeping');
const other = createImageScope(engine, 'housekeeping-other');
afterAll(async () => {
  await scope[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});

const HOUR = 3_600_000;

const addImage = (from: string, tag: string, [kind, key]: readonly [string, string]) => {
  const layer = createContentTar([{ kind: 'text', path: 'note.txt', text: tag }], 0);
  const labels = { [LABELS.kind]: kind, [LABELS.environmentKey]: key };
  return createDockerImageStore(engine).addLayer(
    { tag, from, layer, root: '/', labels, env: {} },
    AbortSignal.timeout(60_000),
  );
};

const createTestHousekeeper = (lastLaunches: ReadonlyMap<string, number>) => {
  const settings = readSettings({}, { SLIPWAY_IMAGE_PREFIX: scope.prefix, SLIPWAY_IMAGES_HIGH_PERCENT: '1' });
  const clock = { ...systemClock, now: () => Date.now() + 5 * HOUR };
  const guard = createAddressGuard([]);
  const builder = createBuilder(settings, engine, { git: createGit(process.env), guard, temporary: tmpdir(), clock });
  return builder.createHousekeeper({ lastLaunches: () => lastLaunches, logger: createLogger({ level: 'silent' }) });
};

it('removes what nothing uses, and nothing of another installation', async () => {
  const tiny = `${other.prefix}tiny:1`;
  await createTinyImage(tiny);
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
    expect(await housekeeper.tidy()).toEqual([free, freeEnv]);
    const left = (await engine.listImages()).flatMap(({ RepoTags }) => RepoTags ?? []);
    expect(left).toEqual(expect.arrayContaining([tiny, env, used, launched]));
    expect([free, freeEnv].filter((name) => left.includes(name))).toEqual([]);
  } finally {
    await container.remove({ force: true });
  }
  expect(await createTestHousekeeper(new Map()).tidy()).toEqual(expect.arrayContaining([used, launched, env]));
});
