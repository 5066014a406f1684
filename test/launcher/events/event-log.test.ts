import { afterAll, describe } from 'vitest';
import { createSqliteEventLog } from '../../../services/launcher/events/sqlite-event-log.ts';
import { eventLogContract } from '../../conformance/event-log.ts';
import { createMemoryEventLog } from '../../support/memory-event-log.ts';
import { createStoresOnDisk } from '../../support/store-on-disk.ts';

const stores = createStoresOnDisk(createSqliteEventLog);
afterAll(stores.remove);

describe('the SQLite event log', () => {
  eventLogContract({
    create: () => {
      const { adapter, reopen } = stores.create();
      return { log: adapter, reopen };
    },
  });
});

describe('the event log in memory', () => {
  eventLogContract({ create: () => ({ log: createMemoryEventLog() }), skip: { reopen: 'lives in this process only' } });
});
