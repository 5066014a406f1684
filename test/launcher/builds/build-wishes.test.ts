import { describe } from 'vitest';
import { createMemoryBuildWishes } from '../../../services/launcher/builds/build-wishes.ts';
import { buildWishesContract } from '../../conformance/build-wishes.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { lose, openRedisLauncher } from '../../support/redis-launchers.ts';
import { useRedisPlaces, letPass } from '../../support/redis-places.ts';

const places = useRedisPlaces();

describe('the wishes of one process', () => {
  buildWishesContract({
    create: () => {
      const clock = createFakeClock();
      const wishes = createMemoryBuildWishes(clock);
      return { wishes: [wishes, wishes], pass: async (milliseconds) => clock.advance(milliseconds) };
    },
    skip: { shared: 'lives in this process only' },
  });
});

describe('the wishes in Redis', () => {
  buildWishesContract({
    create: () => {
      const [one, other] = places.createTwice(openRedisLauncher);
      return {
        wishes: [one.buildWishes, other.buildWishes],
        pass: (milliseconds) => letPass(one.redis, milliseconds),
        kill: () => lose(other),
      };
    },
  });
});
