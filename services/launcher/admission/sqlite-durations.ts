import type { Database } from '../../platform/sqlite.ts';
import { KEEP_DURATIONS_MS, LAST_DURATIONS, median, type Durations } from './durations.ts';

/** The table of durations; a step for the list of migrations. */
export const DURATIONS = `
  CREATE TABLE durations (
    kind TEXT NOT NULL,
    canonical TEXT NOT NULL,
    at INTEGER NOT NULL,
    seconds REAL NOT NULL
  ) STRICT;
  CREATE INDEX durations_by_repository ON durations (kind, canonical, at);
  CREATE INDEX durations_by_time ON durations (kind, at)`;

const INSERT = 'INSERT INTO durations (kind, canonical, at, seconds) VALUES (?, ?, ?, ?)';
const FORGET = 'DELETE FROM durations WHERE kind = ? AND at < ?';
const OF_REPOSITORY = `SELECT seconds FROM durations WHERE kind = ? AND canonical = ? ORDER BY at DESC LIMIT ${LAST_DURATIONS}`;
const OF_ALL = `SELECT seconds FROM durations WHERE kind = ? ORDER BY at DESC LIMIT ${LAST_DURATIONS}`;

const medianOf = (rows: readonly Record<string, unknown>[]): number | undefined =>
  median(rows.map((row) => Number(row['seconds'])));

/** Keeps durations of the last 90 days in a database that has the DURATIONS step. */
export const createSqliteDurations = (database: Database): Durations => {
  const insert = database.prepare(INSERT);
  const forget = database.prepare(FORGET);
  const ofRepository = database.prepare(OF_REPOSITORY);
  const ofAll = database.prepare(OF_ALL);
  const usualOf: Durations['usualOf'] = async (kind, canonical) => medianOf(ofRepository.all(kind, canonical));
  return {
    usualOf,
    note: async ({ kind, canonical, seconds, at }) => {
      insert.run(kind, canonical, at, seconds);
      forget.run(kind, at - KEEP_DURATIONS_MS);
    },
    usual: async (kind, canonical) => (await usualOf(kind, canonical)) ?? medianOf(ofAll.all(kind)),
  };
};
