import type { SessionEnd, SessionSpec } from '../../contracts/session.ts';
import type { Database } from '../../platform/sqlite.ts';

/** The table of the sessions that are over; a step for the list of migrations. */
export const ENDED_SESSIONS = `
  CREATE TABLE ended_sessions (
    id TEXT PRIMARY KEY,
    spec TEXT NOT NULL,
    code TEXT NOT NULL,
    ended_at INTEGER NOT NULL,
    log TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX ended_sessions_by_time ON ended_sessions (ended_at)`;

/** A session that is over, and why. */
export type EndedSession = { readonly spec: SessionSpec; readonly end: SessionEnd };

/** Remembers why sessions ended, so that their addresses go on to answer with the reason. */
export type SessionHistory = {
  /** The first reason stays: what follows from stopping a session is not why it was stopped. */
  record(spec: SessionSpec, end: SessionEnd): Promise<void>;
  find(id: string): Promise<EndedSession | undefined>;
};

/** Nobody comes back to a link after this long. */
const KEEP_MS = 30 * 24 * 3600 * 1000;

const INSERT = 'INSERT OR IGNORE INTO ended_sessions (id, spec, code, ended_at, log) VALUES (?, ?, ?, ?, ?)';
const FIND = 'SELECT spec, code, ended_at AS at, log FROM ended_sessions WHERE id = ?';
const FORGET = 'DELETE FROM ended_sessions WHERE ended_at < ?';

type Row = {
  readonly spec: string;
  readonly code: SessionEnd['code'];
  readonly at: number;
  readonly log: string | null;
};

const readRow = ({ spec, code, at, log }: Row): EndedSession => ({
  spec: JSON.parse(spec) as SessionSpec,
  end: { code, at, ...(log === null ? {} : { log }) },
});

/** Keeps the history in a database that has the ENDED_SESSIONS step, for 30 days. */
export const createSessionHistory = (database: Database): SessionHistory => {
  const [insert, find, forget] = [INSERT, FIND, FORGET].map((sql) => database.prepare(sql));
  return {
    record: async (spec, end) => {
      insert?.run(spec.id, JSON.stringify(spec), end.code, end.at, end.log ?? null);
      forget?.run(end.at - KEEP_MS);
    },
    find: async (id) => {
      const row = find?.get(id);
      return row === undefined ? undefined : readRow(row as Row);
    },
  };
};
