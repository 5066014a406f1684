import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../contracts/settings.ts';
import { openDatabase, type Database } from '../platform/sqlite.ts';
import { createDurations, type Durations } from './admission/durations.ts';
import type { BuildQueue } from './builds/build-queue.ts';
import { createSqliteBuildQueue } from './builds/sqlite-build-queue.ts';
import type { EventLog } from './events/event-log.ts';
import { readLastLaunches } from './events/last-launches.ts';
import { createSqliteEventLog } from './events/sqlite-event-log.ts';
import { createSessionHistory, type SessionHistory } from './sessions/session-history.ts';
import { MIGRATIONS } from './store.ts';

/** All that outlives the process beside what runs: history, and work that is not done. */
export type Stores = {
  readonly events: EventLog;
  readonly builds: BuildQueue;
  readonly history: SessionHistory;
  readonly durations: Durations;
  /** When each image was launched last, by name: milliseconds since 1970. */
  lastLaunches(): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
};

const DATABASE = 'slipway.sqlite';

const openStore = (data: string): Database => openDatabase(join(data, DATABASE), MIGRATIONS);

/** The stores of the one process of an installation, in its data directory. */
const createSqliteStores = (data: string): Stores => {
  const database = openStore(data);
  return {
    events: createSqliteEventLog(database),
    builds: createSqliteBuildQueue(database),
    history: createSessionHistory(database),
    durations: createDurations(database),
    lastLaunches: async () => readLastLaunches(database),
    close: async () => database.close(),
  };
};

/** Opens the stores that the settings name. */
export const createStores = ({ data }: Settings): Stores => createSqliteStores(data);

/** When each image was launched last according to a data directory, with or without a server: milliseconds since 1970. */
export const findLastLaunches = (data: string): Map<string, number> => {
  if (!existsSync(join(data, DATABASE))) return new Map();
  using database = openStore(data);
  return readLastLaunches(database);
};
