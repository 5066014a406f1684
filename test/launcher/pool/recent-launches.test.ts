import { describe } from 'vitest';
import { createMemoryRecentLaunches } from '../../../services/launcher/pool/recent-launches.ts';
import { createRedisRecentLaunches } from '../../../services/launcher/pool/redis-recent-launches.ts';
import { recentLaunchesContract } from '../../conformance/recent-launches.ts';
import { useRedisPlaces } from '../../support/redis-places.ts';

const places = useRedisPlaces();

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
