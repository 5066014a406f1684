import type { Settings } from '../../contracts/settings.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { chooseImages, KEEP_MS } from './choose-images.ts';
import type { OwnImage } from './list-images.ts';

export type HousekeeperParts = {
  readonly limits: Settings['images'];
  /** How much of the disk of the images is used, or undefined where that cannot be seen from here. */
  readonly usedPercent: () => Promise<number | undefined>;
  readonly list: () => Promise<readonly OwnImage[]>;
  readonly remove: (imageName: string) => Promise<void>;
  /** Removes what is kept of builds and was not used for so long; gives the bytes that became free. */
  readonly pruneCache: (unusedForMs: number) => Promise<number>;
  /** Removes images that were made before then and have no name any more; gives how many. */
  readonly pruneNameless: (before: number) => Promise<number>;
  readonly lastLaunches: () => Promise<ReadonlyMap<string, number>>;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** What was removed: images by their names, how many without one, and bytes of the build cache. */
export type Removed = {
  readonly images: readonly string[];
  readonly nameless: number;
  readonly cacheBytes: number;
};

export type Housekeeper = {
  /** One round: removes what is used least while the disk is too full. */
  tidy(): Promise<Removed>;
  /** Removes everything that may be removed, however full the disk is. */
  clear(): Promise<Removed>;
  /** A round every `checkSeconds` until the signal is aborted; a round that fails is logged, the next one tries again. */
  run(signal: AbortSignal): Promise<void>;
};

/** Unknown is not full. */
const isAbove = async ({ usedPercent }: HousekeeperParts, percent: number): Promise<boolean> =>
  ((await usedPercent()) ?? 0) >= percent;

/** An image that cannot be removed now, because something began to use it, does not keep the others from it. */
const removeSafely = async ({ remove, logger }: HousekeeperParts, name: string): Promise<boolean> => {
  try {
    await remove(name);
    logger.info({ image: name }, 'image removed: it was not used for longest');
    return true;
  } catch (error) {
    logger.warn({ image: name, err: error }, 'image not removed');
    return false;
  }
};

const choose = async ({ list, lastLaunches, clock }: HousekeeperParts): Promise<string[]> =>
  chooseImages({ images: await list(), launches: await lastLaunches(), now: clock.now() });

const removeNameless = (parts: HousekeeperParts): Promise<number> => parts.pruneNameless(parts.clock.now() - KEEP_MS);

/**
 * Images without a name go first, because they are of no use at all, then the build cache, because all that it holds can be made again faster than an image; and again after each
 * image, whose layers it still holds. What was used in the last hour goes only when there is nothing else to remove.
 */
const tidy = async (parts: HousekeeperParts): Promise<Removed> => {
  const { highPercent, lowPercent } = parts.limits;
  if (!(await isAbove(parts, highPercent))) return { images: [], nameless: 0, cacheBytes: 0 };
  const low = Math.min(lowPercent || highPercent, highPercent);
  const images: string[] = [];
  const nameless = await removeNameless(parts);
  let cacheBytes = await parts.pruneCache(KEEP_MS);
  for (const name of await choose(parts)) {
    if (!(await isAbove(parts, low))) break;
    if (!(await removeSafely(parts, name))) continue;
    images.push(name);
    cacheBytes += await parts.pruneCache(KEEP_MS);
  }
  if (await isAbove(parts, highPercent)) cacheBytes += await parts.pruneCache(0);
  const removed = { images, nameless, cacheBytes };
  parts.logger.info({ ...removed, images: images.length }, 'the disk was too full: images and build cache removed');
  return removed;
};

const clear = async (parts: HousekeeperParts): Promise<Removed> => {
  const images: string[] = [];
  for (const name of await choose(parts)) if (await removeSafely(parts, name)) images.push(name);
  return { images, nameless: await removeNameless(parts), cacheBytes: await parts.pruneCache(KEEP_MS) };
};

/** Keeps the disk of the engine below a mark, by removing what was not used for longest. */
export const createHousekeeper = (parts: HousekeeperParts): Housekeeper => ({
  tidy: () => tidy(parts),
  clear: () => clear(parts),
  run: async (signal) => {
    while (!signal.aborted && parts.limits.highPercent > 0) {
      await tidy(parts).catch((error: unknown) => {
        parts.logger.warn({ err: error }, 'images could not be tidied; trying again');
      });
      await parts.clock.sleep(parts.limits.checkSeconds * 1000, signal).catch(() => undefined);
    }
  },
});
