import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { createSqliteEventLog } from '../../../services/launcher/events/sqlite-event-log.ts';
import { MIGRATIONS } from '../../../services/launcher/store.ts';
import { openDatabase } from '../../../services/platform/sqlite.ts';
import { eventLogContract } from '../../conformance/event-log.ts';
import { createMemoryEventLog } from '../../support/memory-event-log.ts';

const directory = mkdtempSync(join(tmpdir(), 'event-log-'));
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;
const createOnDisk = () => {
  files += 1;
  const file = join(directory, `${files}.db`);
  const database = openDatabase(file, MIGRATIONS);
  const reopen = () => {
    database.close();
    return createSqliteEventLog(openDatabase(file, MIGRATIONS));
  };
  return { log: createSqliteEventLog(database), reopen };
};

describe('the SQLite event log', () => {
  eventLogContract({ create: createOnDisk });
});

describe('the event log in memory', () => {
  eventLogContract({ create: () => ({ log: createMemoryEventLog() }), skip: { reopen: 'lives in this process only' } });
});
