import type { PoolDemand } from '../../contracts/api/waiting-sessions.ts';
import type { Database } from '../../platform/sqlite.ts';

/** What operators ask to wait, at any launcher of the installation; it outlives the processes. */
export interface PoolDemands {
  /** One of the same name is replaced. */
  put(demand: PoolDemand): Promise<void>;
  remove(name: string): Promise<void>;
  /** Those that are not over at `now`, by name. */
  list(now: number): Promise<readonly PoolDemand[]>;
}

/** The table of demands; a step for the list of migrations. */
export const POOL_DEMANDS = `
  CREATE TABLE pool_demands (
    name TEXT PRIMARY KEY,
    until INTEGER NOT NULL,
    demand TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`;

const PUT = 'INSERT OR REPLACE INTO pool_demands (name, until, demand) VALUES (?, ?, ?)';
const REMOVE = 'DELETE FROM pool_demands WHERE name = ?';
const FORGET = 'DELETE FROM pool_demands WHERE until <= ?';
const LIST = 'SELECT demand FROM pool_demands ORDER BY name';

/** Keeps demands in a database that has the POOL_DEMANDS step. */
export const createSqlitePoolDemands = (database: Database): PoolDemands => {
  const put = database.prepare(PUT);
  const remove = database.prepare(REMOVE);
  const forget = database.prepare(FORGET);
  const list = database.prepare(LIST);
  return {
    put: async (demand) => void put.run(demand.name, demand.until, JSON.stringify(demand)),
    remove: async (name) => void remove.run(name),
    list: async (now) => {
      forget.run(now);
      return list.all().map((row) => JSON.parse(String(row['demand'])) as PoolDemand);
    },
  };
};
