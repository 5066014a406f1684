import type { Clock } from '../../services/platform/clock.ts';

export type FakeClock = Clock & { advance(milliseconds: number): void };

/** A clock that stands still; sleeping moves it on at once. */
export const createFakeClock = (start = 1_700_000_000_000): FakeClock => {
  let now = start;
  return {
    now: () => now,
    advance: (milliseconds) => void (now += milliseconds),
    sleep: async (milliseconds, signal) => {
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      now += milliseconds;
    },
  };
};
