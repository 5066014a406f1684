import { describe, expect, it } from 'vitest';
import type { RateLimiter } from '../../services/launcher/admission/rate-limiter.ts';
import type { Clock } from '../../services/platform/clock.ts';

type Fresh = {
  /** The same limiter as two processes have it, or twice that of the one that there is. */
  readonly limiters: readonly [RateLimiter, RateLimiter];
  readonly clock: Clock;
  /** Lets time pass. */
  readonly pass: (milliseconds: number) => Promise<void>;
};
type Limits = { readonly limit: number; readonly windowMs: number };
type Options = { readonly create: (limits: Limits) => Fresh };

const WINDOW_MS = 3_600_000;

/** What every RateLimiter promises. */
export const rateLimiterContract = ({ create }: Options): void => {
  describe('as a rate limiter', () => {
    it('allows what the limit says, and says what is left', async () => {
      const { limiters } = create({ limit: 2, windowMs: WINDOW_MS });
      const [one, other] = limiters;
      expect(await one.take('a')).toMatchObject({ isAllowed: true, limit: 2, remaining: 1 });
      expect(await other.take('a')).toMatchObject({ isAllowed: true, limit: 2, remaining: 0 });
      expect(await one.take('a')).toMatchObject({ isAllowed: false, limit: 2, remaining: 0 });
      expect(await other.take('b')).toMatchObject({ isAllowed: true, remaining: 1 });
    });

    it('never allows more, however many come at once', async () => {
      const { limiters } = create({ limit: 5, windowMs: WINDOW_MS });
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) => limiters[index % 2 === 0 ? 0 : 1].take('a')),
      );
      expect(answers.filter(({ isAllowed }) => isAllowed)).toHaveLength(5);
    });

    it('begins anew when it says so, which refusals do not put off', async () => {
      const { limiters, clock, pass } = create({ limit: 1, windowMs: WINDOW_MS });
      const [one, other] = limiters;
      await one.take('a');
      await pass(WINDOW_MS / 2);
      const { isAllowed, resetAt } = await other.take('a');
      expect(isAllowed).toBe(false);
      expect(resetAt - clock.now()).toBeGreaterThan(WINDOW_MS / 2 - 60_000);
      expect(resetAt - clock.now()).toBeLessThanOrEqual(WINDOW_MS / 2);
      await pass(resetAt - clock.now());
      expect(await one.take('a')).toMatchObject({ isAllowed: true, remaining: 0 });
    });
  });
};
