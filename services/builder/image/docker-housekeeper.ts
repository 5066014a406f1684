import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { Settings } from '../../contracts/settings.ts';
import type { DockerEngine } from '../../platform/docker-engine.ts';
import { pruneBuildCache } from './build-cache.ts';
import { createDockerImageStore } from './docker-image-store.ts';
import { createHousekeeper, type Housekeeper, type HousekeeperParts } from './housekeeper.ts';
import { listImages } from './list-images.ts';
import { pruneNameless } from './prune-nameless.ts';

/** How full the engine's own disk is, as df counts, where it is on this machine. */
const readUsedPercent = async (engine: DockerEngine): Promise<number | undefined> => {
  const { DockerRootDir: directory } = (await engine.info()) as { readonly DockerRootDir?: string };
  if (directory === undefined || !existsSync(directory)) return undefined;
  const { bavail, bfree, blocks } = await statfs(directory);
  return (100 * (blocks - bfree)) / (blocks - bfree + bavail);
};

export type DockerHousekeeperParts = Pick<HousekeeperParts, 'lastLaunches' | 'logger' | 'clock'> & {
  readonly settings: Pick<Settings, 'images' | 'imagePrefix'>;
};

/** The housekeeper of a Docker engine, for the images below `imagePrefix` and the engine's build cache. */
export const createDockerHousekeeper = (
  engine: DockerEngine,
  { settings, ...parts }: DockerHousekeeperParts,
): Housekeeper => {
  const store = createDockerImageStore(engine);
  return createHousekeeper({
    ...parts,
    limits: settings.images,
    usedPercent: () => readUsedPercent(engine),
    list: async () => (await listImages(engine)).filter(({ name }) => name.startsWith(settings.imagePrefix)),
    remove: (name) => store.remove(name),
    pruneNameless: (before) => pruneNameless(engine, { imagePrefix: settings.imagePrefix, before }),
    pruneCache: (unusedForMs) => pruneBuildCache(engine, unusedForMs),
  });
};
