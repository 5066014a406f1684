import { describe, expect, it } from 'vitest';
import type { Durations } from '../../services/launcher/admission/durations.ts';

type Options = {
  /** The same durations as two processes have them, or twice those of the one that there is. */
  readonly create: () => readonly [Durations, Durations];
};

const DAY_MS = 24 * 3600 * 1000;
const NOW = 1_764_000_000_000;

/** What all Durations promise. */
export const durationsContract = ({ create }: Options): void => {
  describe('as durations', () => {
    it('know nothing at first', async () => {
      const [one] = create();
      expect(await one.usual('build', 'example.org/a')).toBeUndefined();
    });

    it('say the median of the repository, else of all of the kind', async () => {
      const [one, other] = create();
      for (const seconds of [10, 30, 20]) await one.note({ kind: 'build', canonical: 'a', seconds, at: NOW + seconds });
      await other.note({ kind: 'build', canonical: 'b', seconds: 0.25, at: NOW });
      await other.note({ kind: 'session', canonical: 'a', seconds: 900, at: NOW });
      expect(await other.usual('build', 'a')).toBe(20);
      expect(await one.usual('build', 'b')).toBe(0.25);
      expect(await one.usual('build', 'unknown')).toBe(20);
      expect(await one.usualOf('build', 'a')).toBe(20);
      expect(await other.usualOf('build', 'unknown')).toBeUndefined();
      expect(await one.usual('session', 'unknown')).toBe(900);
    });

    it('count things that took equally long each', async () => {
      const [one] = create();
      for (const seconds of [5, 5, 5, 100]) await one.note({ kind: 'build', canonical: 'a', seconds, at: NOW });
      expect(await one.usual('build', 'a')).toBe(5);
    });

    it('go by the last ones, in whatever order they are told', async () => {
      const [one] = create();
      for (let day = 0; day < 30; day += 1)
        await one.note({ kind: 'build', canonical: 'a', seconds: 10, at: NOW + day * 1000 });
      for (let day = 0; day < 30; day += 1)
        await one.note({ kind: 'build', canonical: 'a', seconds: 99, at: NOW - DAY_MS + day * 1000 });
      expect(await one.usual('build', 'a')).toBe(10);
      expect(await one.usual('build', 'b')).toBe(10);
      for (let day = 0; day < 13; day += 1)
        await one.note({ kind: 'build', canonical: 'a', seconds: 40, at: NOW + DAY_MS + day * 1000 });
      expect(await one.usual('build', 'a')).toBe(40);
    });
  });
};
