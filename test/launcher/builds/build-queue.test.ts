import { afterAll, describe } from 'vitest';
import { createSqliteBuildQueue } from '../../../services/launcher/builds/sqlite-build-queue.ts';
import { buildQueueContract } from '../../conformance/build-queue.ts';
import { createMemoryBuildQueue } from '../../support/memory-build-queue.ts';
import { createStoresOnDisk } from '../../support/store-on-disk.ts';

const stores = createStoresOnDisk(createSqliteBuildQueue);
afterAll(stores.remove);

describe('the SQLite build queue', () => {
  buildQueueContract({
    create: () => {
      const { adapter, reopen } = stores.create();
      return { queue: adapter, reopen };
    },
  });
});

describe('the build queue in memory', () => {
  buildQueueContract({
    create: () => ({ queue: createMemoryBuildQueue() }),
    skip: { reopen: 'lives in this process only' },
  });
});
