import { describe } from 'vitest';
import { createMemoryRateLimiter } from '../../../services/launcher/admission/rate-limiter.ts';
import { createRedisRateLimiter } from '../../../services/launcher/admission/redis-rate-limiter.ts';
import { rateLimiterContract } from '../../conformance/rate-limiter.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { useRedisPlaces, letPass } from '../../support/redis-places.ts';

const places = useRedisPlaces();

describe('the rate limiter of one process', () => {
  rateLimiterContract({
    create: (limits) => {
      const clock = createFakeClock();
      const limiter = createMemoryRateLimiter({ ...limits, clock });
      return { limiters: [limiter, limiter], clock, pass: async (milliseconds) => clock.advance(milliseconds) };
    },
  });
});

describe('the rate limiter in Redis', () => {
  rateLimiterContract({
    create: (limits) => {
      const clock = createFakeClock();
      const open = places.create();
      const [one, other] = [open(), open()];
      return {
        limiters: [
          createRedisRateLimiter(one, { ...limits, clock }),
          createRedisRateLimiter(other, { ...limits, clock }),
        ],
        clock,
        pass: async (milliseconds) => {
          clock.advance(milliseconds);
          await letPass(one, milliseconds);
        },
      };
    },
  });
});
