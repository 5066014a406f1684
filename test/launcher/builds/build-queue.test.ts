import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { createSqliteBuildQueue } from '../../../services/launcher/builds/sqlite-build-queue.ts';
import { MIGRATIONS } from '../../../services/launcher/store.ts';
import { openDatabase } from '../../../services/platform/sqlite.ts';
import { buildQueueContract } from '../../conformance/build-queue.ts';
import { createMemoryBuildQueue } from '../../support/memory-build-queue.ts';

const directory = mkdtempSync(join(tmpdir(), 'build-queue-'));
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;
const createOnDisk = () => {
  files += 1;
  const file = join(directory, `${files}.db`);
  const database = openDatabase(file, MIGRATIONS);
  const reopen = () => {
    database.close();
    return createSqliteBuildQueue(openDatabase(file, MIGRATIONS));
  };
  return { queue: createSqliteBuildQueue(database), reopen };
};

describe('the SQLite build queue', () => {
  buildQueueContract({ create: createOnDisk });
});

describe('the build queue in memory', () => {
  buildQueueContract({
    create: () => ({ queue: createMemoryBuildQueue() }),
    skip: { reopen: 'lives in this process only' },
  });
});
