import type { Settings } from '../../contracts/settings.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { chooseImages } from './choose-images.ts';
import type { OwnImage } from './list-images.ts';

export type HousekeeperParts = {
  readonly limits: Settings['images'];
  /** How much of the disk of the images is used, or undefined where that cannot be seen from here. */
  readonly usedPercent: () => Promise<number | undefined>;
  readonly list: () => Promise<readonly OwnImage[]>;
  readonly remove: (imageName: string) => Promise<void>;
  readonly lastLaunches: () => ReadonlyMap<string, number>;
  readonly clock: Clock;
  readonly logger: Logger;
};

export type Housekeeper = {
  /** One round; gives the names of the images that were removed. */
  tidy(): Promise<string[]>;
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
    logger.info({ image: name }, 'image removed: the disk is full and it was not used for longest');
    return true;
  } catch (error) {
    logger.warn({ image: name, err: error }, 'image not removed');
    return false;
  }
};

const tidy = async (parts: HousekeeperParts): Promise<string[]> => {
  const { highPercent, lowPercent } = parts.limits;
  if (!(await isAbove(parts, highPercent))) return [];
  const low = Math.min(lowPercent || highPercent, highPercent);
  const use = { images: await parts.list(), launches: parts.lastLaunches(), now: parts.clock.now() };
  const removed: string[] = [];
  for (const name of chooseImages(use)) {
    if (!(await isAbove(parts, low))) break;
    if (await removeSafely(parts, name)) removed.push(name);
  }
  return removed;
};

/** Keeps the disk of the images below a mark, by removing what was not used for longest. */
export const createHousekeeper = (parts: HousekeeperParts): Housekeeper => ({
  tidy: () => tidy(parts),
  run: async (signal) => {
    while (!signal.aborted && parts.limits.highPercent > 0) {
      await tidy(parts).catch((error: unknown) => {
        parts.logger.warn({ err: error }, 'images could not be tidied; trying again');
      });
      await parts.clock.sleep(parts.limits.checkSeconds * 1000, signal).catch(() => undefined);
    }
  },
});
