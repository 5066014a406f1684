import type { Clock } from '../../platform/clock.ts';

/** That one launch wants a build. */
export type BuildWish = {
  /**
   * Takes the wish back. If nobody else has it and the build is to be stopped then, it is as good as stopped: says
   * whether that is so, and whoever is told has to stop it.
   */
  withdraw(isToStop: boolean): Promise<boolean>;
  /** Whether the build was stopped, just now, because nobody wanted it: whoever came then may begin it anew. */
  wasStopped(): Promise<boolean>;
};

/** Who wants which build, at whichever process. Promises: a process that was killed wants nothing. */
export interface BuildWishes {
  make(imageName: string): Promise<BuildWish>;
}

/** No worker takes longer to stop. */
export const STOPPING_MS = 300_000;

/** Counts the wishes of one process. */
export const createMemoryBuildWishes = (clock: Clock): BuildWishes => {
  const counts = new Map<string, number>();
  const stoppingUntil = new Map<string, number>();
  const forgetOld = (): void => {
    for (const [image, until] of stoppingUntil) if (until <= clock.now()) stoppingUntil.delete(image);
  };
  return {
    make: async (imageName) => {
      counts.set(imageName, (counts.get(imageName) ?? 0) + 1);
      return {
        withdraw: async (isToStop) => {
          const left = (counts.get(imageName) ?? 1) - 1;
          if (left === 0) counts.delete(imageName);
          else counts.set(imageName, left);
          if (left > 0 || !isToStop) return false;
          forgetOld();
          stoppingUntil.set(imageName, clock.now() + STOPPING_MS);
          return true;
        },
        wasStopped: async () => (stoppingUntil.get(imageName) ?? 0) > clock.now(),
      };
    },
  };
};
