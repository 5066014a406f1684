import { afterAll, describe } from 'vitest';
import { createRedisDurations } from '../../../services/launcher/admission/redis-durations.ts';
import { createSqliteDurations } from '../../../services/launcher/admission/sqlite-durations.ts';
import { durationsContract } from '../../conformance/durations.ts';
import { createMemoryDurations } from '../../support/open-admission.ts';
import { useRedisPlaces } from '../../support/redis-places.ts';
import { createStoresOnDisk } from '../../support/store-on-disk.ts';

const twice = <Adapter>(adapter: Adapter): readonly [Adapter, Adapter] => [adapter, adapter];

const stores = createStoresOnDisk(createSqliteDurations);
const places = useRedisPlaces();
afterAll(stores.remove);

describe('durations in SQLite', () => {
  durationsContract({ create: () => twice(stores.create().adapter) });
});

describe('durations in Redis', () => {
  durationsContract({ create: () => places.createTwice(createRedisDurations) });
});

describe('durations in memory', () => {
  durationsContract({ create: () => twice(createMemoryDurations()) });
});
