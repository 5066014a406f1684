import { afterAll, beforeAll, describe } from 'vitest';
import { createMemoryRecentLaunches } from '../../../services/launcher/pool/recent-launches.ts';
import { createRedisRecentLaunches } from '../../../services/launcher/pool/redis-recent-launches.ts';
import { recentLaunchesContract } from '../../conformance/recent-launches.ts';
import { createRedisPlaces, type RedisPlaces } from '../../support/redis-places.ts';

let places: RedisPlaces;
beforeAll(async () => {
  places = await createRedisPlaces();
});
afterAll(() => places.remove());

describe('recent launches in memory', () => {
  recentLaunchesContract({
    create: () => {
      const launches = createMemoryRecentLaunches();
      return [launches, launches];
    },
  });
});

describe('recent launches in Redis', () => {
  recentLaunchesContract({ create: () => places.createTwice(createRedisRecentLaunches) });
});
