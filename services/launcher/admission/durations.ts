import type { Database } from '../../platform/sqlite.ts';

/** What takes its time: a session from its start to its end, a build from being taken to being done. */
export type DurationKind = 'session' | 'build';

export type Duration = {
  readonly kind: DurationKind;
  readonly canonical: string;
  readonly seconds: number;
  /** When it was over: milliseconds since 1970. */
  readonly at: number;
};

/** How long things took. Promises: `usual` is the median of the last ones of this repository, else of all; undefined of none. */
export interface Durations {
  note(duration: Duration): void;
  usual(kind: DurationKind, canonical: string): number | undefined;
}

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

const KEEP_MS = 90 * 24 * 3600 * 1000;
const LAST = 25;

const INSERT = 'INSERT INTO durations (kind, canonical, at, seconds) VALUES (?, ?, ?, ?)';
const FORGET = 'DELETE FROM durations WHERE kind = ? AND at < ?';
const OF_REPOSITORY = `SELECT seconds FROM durations WHERE kind = ? AND canonical = ? ORDER BY at DESC LIMIT ${LAST}`;
const OF_ALL = `SELECT seconds FROM durations WHERE kind = ? ORDER BY at DESC LIMIT ${LAST}`;

const median = (rows: readonly Record<string, unknown>[]): number | undefined =>
  rows.map((row) => Number(row['seconds'])).toSorted((left, right) => left - right)[Math.floor(rows.length / 2)];

/** Keeps durations of the last 90 days in a database that has the DURATIONS step. */
export const createDurations = (database: Database): Durations => {
  const insert = database.prepare(INSERT);
  const forget = database.prepare(FORGET);
  const ofRepository = database.prepare(OF_REPOSITORY);
  const ofAll = database.prepare(OF_ALL);
  return {
    note: ({ kind, canonical, seconds, at }) => {
      insert.run(kind, canonical, at, seconds);
      forget.run(kind, at - KEEP_MS);
    },
    usual: (kind, canonical) => median(ofRepository.all(kind, canonical)) ?? median(ofAll.all(kind)),
  };
};
