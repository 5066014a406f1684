import { LRUCache } from 'lru-cache';
import type { Settings } from '../../contracts/settings.ts';
import type { Clock } from '../../platform/clock.ts';

/** What one client may still do. */
export type Allowance = {
  readonly isAllowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** When the whole limit is there again: milliseconds since 1970. */
  readonly resetAt: number;
};

/** Counts what clients do. Promises: `take` counts only what it allows, in one step. */
export interface RateLimiter {
  take(client: string): Promise<Allowance>;
}

export type RateLimits = { readonly limit: number; readonly windowMs: number; readonly clock: Clock };

/** The rate of new launches that the settings allow. */
export const makeLaunchRate = (
  { launches, rateSeconds }: Pick<Settings['admission'], 'launches' | 'rateSeconds'>,
  clock: Clock,
): RateLimits => ({ limit: launches, windowMs: rateSeconds * 1000, clock });

/** Whoever is forgotten starts anew, which is the milder mistake. */
const MAX_CLIENTS = 50_000;

type Window = { readonly count: number; readonly endsAt: number };

/** Counts in this process, in a window that begins with the first thing that a client does. */
export const createMemoryRateLimiter = ({ limit, windowMs, clock }: RateLimits): RateLimiter => {
  const windows = new LRUCache<string, Window>({ max: MAX_CLIENTS });
  return {
    take: async (client) => {
      const known = windows.get(client);
      const window =
        known === undefined || known.endsAt <= clock.now() ? { count: 0, endsAt: clock.now() + windowMs } : known;
      const isAllowed = window.count < limit;
      const count = isAllowed ? window.count + 1 : window.count;
      windows.set(client, { ...window, count });
      return { isAllowed, limit, remaining: limit - count, resetAt: window.endsAt };
    },
  };
};
