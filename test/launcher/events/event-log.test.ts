import { afterAll, describe, expect, it } from 'vitest';
import { createRedisEventLog } from '../../../services/launcher/events/redis-event-log.ts';
import { createSqliteEventLog } from '../../../services/launcher/events/sqlite-event-log.ts';
import { eventLogContract } from '../../conformance/event-log.ts';
import { createMemoryEventLog } from '../../support/memory-event-log.ts';
import { useRedisPlaces } from '../../support/redis-places.ts';
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

describe('the SQLite event log over the years', () => {
  const request = { repo: { provider: 'git', spec: 'x/HEAD' }, launchHost: 'http://a/', sessionHost: 'http://b' };
  const day = 24 * 3600 * 1000;

  it('forgets launches that are older than 30 days, with their events', async () => {
    const { adapter: log } = stores.create();
    await log.create({ id: 'old', createdAt: 0, request });
    await log.append('old', { phase: 'waiting', message: 'x', at: 0 });
    await log.create({ id: 'recent', createdAt: 2 * day, request });
    await log.create({ id: 'new', createdAt: 31 * day, request });
    expect([await log.find('old'), (await log.find('recent'))?.id]).toEqual([undefined, 'recent']);
    expect((await log.unfinished()).map(({ id }) => id)).toEqual(['recent', 'new']);
    expect(await log.read('old', 0, AbortSignal.timeout(20)).next()).toEqual({ done: true, value: undefined });
  });
});

describe('the Redis event log', () => {
  const places = useRedisPlaces();

  eventLogContract({
    create: () => {
      const open = places.create();
      return {
        log: createRedisEventLog({ redis: open(), lossMs: 60_000 }),
        reopen: () => createRedisEventLog({ redis: open(), lossMs: 60_000 }),
      };
    },
  });
});

describe('the event log in memory', () => {
  eventLogContract({ create: () => ({ log: createMemoryEventLog() }), skip: { reopen: 'lives in this process only' } });
});
