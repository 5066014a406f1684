import { describe, expect, it } from 'vitest';
import { STOPPING_MS, type BuildWishes } from '../../services/launcher/builds/build-wishes.ts';
import { skipTitle } from '../support/skip-title.ts';

type Fresh = {
  /** The wishes as two processes have them, or twice those of the one that there is. */
  readonly wishes: readonly [BuildWishes, BuildWishes];
  readonly pass: (milliseconds: number) => Promise<void>;
  /** Kills the process of the second one. */
  readonly kill?: () => Promise<void>;
};
type Options = { readonly create: () => Fresh; readonly skip?: { readonly shared?: string } };

/** What all BuildWishes promise. */
export const buildWishesContract = ({ create, skip = {} }: Options): void => {
  describe('as wishes for builds', () => {
    it('have a build stopped by the last one who takes it back, wherever', async () => {
      const [one, other] = create().wishes;
      const [first, second, third] = [await one.make('a'), await one.make('a'), await other.make('a')];
      const unrelated = await other.make('b');
      expect(await first.withdraw(true)).toBe(false);
      expect(await third.withdraw(true)).toBe(false);
      expect(await second.withdraw(true)).toBe(true);
      expect(await unrelated.withdraw(true)).toBe(true);
    });

    it('leave a build alone that is not to be stopped', async () => {
      const [one, other] = create().wishes;
      const [first, second] = [await one.make('a'), await other.make('a')];
      expect(await first.withdraw(true)).toBe(false);
      expect(await second.withdraw(false)).toBe(false);
      expect(await second.wasStopped()).toBe(false);
    });

    it('say for a while that a build was stopped because nobody wanted it', async () => {
      const { wishes, pass } = create();
      const [one, other] = wishes;
      const first = await one.make('a');
      expect(await first.wasStopped()).toBe(false);
      await first.withdraw(true);
      const late = await other.make('a');
      expect(await late.wasStopped()).toBe(true);
      expect(await (await other.make('b')).wasStopped()).toBe(false);
      await pass(STOPPING_MS);
      expect(await late.wasStopped()).toBe(false);
    });

    it.skipIf(skip.shared)(skipTitle('are none of a process that was killed', skip.shared), async () => {
      const { wishes, kill } = create();
      const [one, other] = wishes;
      const first = await one.make('a');
      await other.make('a');
      await kill?.();
      expect(await first.withdraw(true)).toBe(true);
    });
  });
};
