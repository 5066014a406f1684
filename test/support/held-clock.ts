import type { Clock } from '../../services/platform/clock.ts';

/** A clock whose sleepers wake when the test says so. */
export const createHeldClock = () => {
  const sleepers = new Set<() => void>();
  const clock: Clock = {
    now: () => 0,
    sleep: (_, signal) =>
      new Promise<void>((resolve, reject) => {
        sleepers.add(resolve);
        signal?.addEventListener('abort', () => {
          sleepers.delete(resolve);
          reject(new Error('aborted'));
        });
      }),
  };
  const wakeAll = (): void => {
    for (const wake of sleepers) wake();
    sleepers.clear();
  };
  return { clock, sleepers, wakeAll };
};
