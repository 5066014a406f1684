import { describe, expect, it } from 'vitest';
import { createHousekeeper } from '../../../services/builder/image/housekeeper.ts';
import type { OwnImage } from '../../../services/builder/image/list-images.ts';
import { createLogger } from '../../../services/platform/logger.ts';

const HOUR = 3_600_000;
const names = ['a', 'b', 'c', 'd'];

/**
 * A disk of which each image uses ten percent, beside `other`. The cache has what nothing used for long and what was
 * used just now, in percent.
 */
const createDisk = (other: number | undefined, stuck: readonly string[] = [], cache = { old: 0, new: 0 }) => {
  const pruned: number[] = [];
  const images = new Map<string, OwnImage>(
    names.map((name, at) => [name, { name, kind: 'commit', bytes: 1, createdAt: at, containers: 0 }]),
  );
  return {
    usedPercent: async () => (other === undefined ? undefined : other + 10 * images.size + cache.old + cache.new),
    list: async () => [...images.values()],
    remove: async (name: string) => {
      if (stuck.includes(name)) throw new Error('in use');
      images.delete(name);
    },
    pruned,
    pruneNameless: async (_before: number) => 0,
    pruneCache: async (unusedForMs: number) => {
      pruned.push(unusedForMs);
      const freed = cache.old + (unusedForMs === 0 ? cache.new : 0);
      cache = { old: 0, new: unusedForMs === 0 ? 0 : cache.new };
      return freed;
    },
  };
};

const create = (disk: ReturnType<typeof createDisk>, highPercent: number, lowPercent: number) =>
  createHousekeeper({
    ...disk,
    limits: { highPercent, lowPercent, checkSeconds: 60 },
    lastLaunches: async () => new Map(),
    clock: { now: () => 1e12, sleep: async () => undefined },
    logger: createLogger({ level: 'silent' }),
  });
const tidyAll = (...disk: Parameters<typeof create>) => create(...disk).tidy();
const tidy = async (...disk: Parameters<typeof create>) => (await tidyAll(...disk)).images;

describe('housekeeping', () => {
  it('does nothing below the high mark, and nothing where it cannot see the disk', async () => {
    expect(await tidy(createDisk(39), 80, 50)).toEqual([]);
    expect(await tidy(createDisk(undefined), 80, 50)).toEqual([]);
  });

  it('removes images from the high mark on until it is below the low one', async () => {
    expect(await tidy(createDisk(40), 80, 65)).toEqual(['a', 'b']);
  });

  it('stops below the high mark when there is no low one', async () => {
    expect(await tidy(createDisk(40), 80, 0)).toEqual(['a']);
  });

  it('goes on with the next image when one cannot be removed', async () => {
    expect(await tidy(createDisk(40, ['a']), 80, 65)).toEqual(['b', 'c']);
  });

  it('ends when nothing is left to remove', async () => {
    expect(await tidy(createDisk(95), 80, 50)).toEqual(names);
  });

  it('prunes the build cache first, and no image when that is enough', async () => {
    const disk = createDisk(40, [], { old: 30, new: 5 });
    expect(await tidyAll(disk, 90, 86)).toEqual({ images: [], nameless: 0, cacheBytes: 30 });
    expect(disk.pruned).toEqual([HOUR]);
  });

  it('removes images without a name that are an hour old, before anything else', async () => {
    const befores: number[] = [];
    const disk = createDisk(60);
    const pruneNameless = async (before: number) => {
      befores.push(before);
      disk.pruned.push(-1);
      return 7;
    };
    expect(await tidyAll({ ...disk, pruneNameless }, 80, 95)).toEqual({
      images: ['a', 'b', 'c'],
      nameless: 7,
      cacheBytes: 0,
    });
    expect(befores).toEqual([1e12 - HOUR]);
    expect(disk.pruned[0]).toBe(-1);
  });

  it('prunes it again after each image, whose layers it holds', async () => {
    const disk = createDisk(40);
    await tidy(disk, 80, 65);
    expect(disk.pruned).toEqual([HOUR, HOUR, HOUR]);
  });

  it('prunes what was used just now only when nothing else is left to remove', async () => {
    expect(await tidyAll(createDisk(80, [], { old: 0, new: 15 }), 85, 50)).toEqual({
      images: names,
      nameless: 0,
      cacheBytes: 15,
    });
    expect(await tidyAll(createDisk(50, [], { old: 0, new: 15 }), 85, 70)).toEqual({
      images: ['a', 'b', 'c', 'd'],
      nameless: 0,
      cacheBytes: 0,
    });
  });

  it('clears what may be removed when it is told to, however empty the disk is', async () => {
    const disk = createDisk(0, ['b'], { old: 3, new: 4 });
    expect(await create(disk, 0, 0).clear()).toEqual({ images: ['a', 'c', 'd'], nameless: 0, cacheBytes: 3 });
    expect(disk.pruned).toEqual([HOUR]);
  });

  it('does not run at all when it is off', async () => {
    const disk = { ...createDisk(95), usedPercent: () => Promise.reject(new Error('asked')) };
    const housekeeper = createHousekeeper({
      ...disk,
      limits: { highPercent: 0, lowPercent: 0, checkSeconds: 60 },
      lastLaunches: async () => new Map(),
      clock: { now: () => 0, sleep: () => Promise.reject(new Error('slept')) },
      logger: createLogger({ level: 'silent' }),
    });
    await expect(housekeeper.run(new AbortController().signal)).resolves.toBeUndefined();
  });
});
