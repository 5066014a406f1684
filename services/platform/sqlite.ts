import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export type Database = DatabaseSync;

/** Steps that bring a database from one version to the next; only ever appended to. */
export type Migrations = readonly string[];

const migrate = (database: Database, migrations: Migrations): void => {
  const row = database.prepare('PRAGMA user_version').get();
  const version = Number(row?.['user_version'] ?? 0);
  migrations.slice(version).forEach((step, index) => {
    database.exec(`BEGIN IMMEDIATE; ${step}; PRAGMA user_version = ${version + index + 1}; COMMIT`);
  });
};

/**
 * Opens (or makes) a database that survives SIGKILL: write-ahead log, and each commit is on its way to disk.
 * `:memory:` gives one that lives as long as the process.
 */
export const openDatabase = (file: string, migrations: Migrations): Database => {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON',
  );
  migrate(database, migrations);
  return database;
};
