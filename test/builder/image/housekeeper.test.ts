import { describe, expect, it } from 'vitest';
import { createHousekeeper } from '../../../services/builder/image/housekeeper.ts';
import type { OwnImage } from '../../../services/builder/image/list-images.ts';
import { createLogger } from '../../../services/platform/logger.ts';

const names = ['a', 'b', 'c', 'd'];

/** A disk of which each image uses ten percent, beside `other`. */
const createDisk = (other: number | undefined, stuck: readonly string[] = []) => {
  const images = new Map<string, OwnImage>(
    names.map((name, at) => [name, { name, kind: 'commit', bytes: 1, createdAt: at, containers: 0 }]),
  );
  return {
    usedPercent: async () => (other === undefined ? undefined : other + 10 * images.size),
    list: async () => [...images.values()],
    remove: async (name: string) => {
      if (stuck.includes(name)) throw new Error('in use');
      images.delete(name);
    },
  };
};

const tidy = (disk: ReturnType<typeof createDisk>, highPercent: number, lowPercent: number): Promise<string[]> =>
  createHousekeeper({
    ...disk,
    limits: { highPercent, lowPercent, checkSeconds: 60 },
    lastLaunches: () => new Map(),
    clock: { now: () => 1e12, sleep: async () => undefined },
    logger: createLogger({ level: 'silent' }),
  }).tidy();

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

  it('does not run at all when it is off', async () => {
    const disk = { ...createDisk(95), usedPercent: () => Promise.reject(new Error('asked')) };
    const housekeeper = createHousekeeper({
      ...disk,
      limits: { highPercent: 0, lowPercent: 0, checkSeconds: 60 },
      lastLaunches: () => new Map(),
      clock: { now: () => 0, sleep: () => Promise.reject(new Error('slept')) },
      logger: createLogger({ level: 'silent' }),
    });
    await expect(housekeeper.run(new AbortController().signal)).resolves.toBeUndefined();
  });
});
