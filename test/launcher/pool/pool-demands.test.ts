import { afterAll, describe, expect, it } from 'vitest';
import { createSqlitePoolDemands } from '../../../services/launcher/pool/pool-demands.ts';
import { createRedisPoolDemands } from '../../../services/launcher/pool/redis-pool-demands.ts';
import { poolDemandsContract } from '../../conformance/pool-demands.ts';
import { useRedisPlaces } from '../../support/redis-places.ts';
import { createStoresOnDisk } from '../../support/store-on-disk.ts';

const stores = createStoresOnDisk(createSqlitePoolDemands);
const places = useRedisPlaces();
afterAll(stores.remove);

describe('demands of the pool in SQLite', () => {
  poolDemandsContract({
    create: () => {
      const { adapter } = stores.create();
      return [adapter, adapter];
    },
  });

  it('are there after a restart', async () => {
    const { adapter, reopen } = stores.create();
    const demand = { name: 'class', provider: 'gh', spec: 'a/b/HEAD', count: 2, until: 10 };
    await adapter.put(demand);
    expect(await reopen().list(9)).toEqual([demand]);
  });
});

describe('demands of the pool in Redis', () => {
  poolDemandsContract({ create: () => places.createTwice(createRedisPoolDemands) });
});
