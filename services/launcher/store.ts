import type { Migrations } from '../platform/sqlite.ts';
import { DURATIONS } from './admission/sqlite-durations.ts';
import { POOL_DEMANDS } from './pool/pool-demands.ts';
import { ENDED_SESSIONS } from './sessions/session-history.ts';

/** Launches and what they said; `terminal` marks the event that ends a launch, of which there is at most one. */
const LAUNCHES = `
  CREATE TABLE launches (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    request TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX launches_by_time ON launches (created_at);
  CREATE TABLE launch_events (
    launch TEXT NOT NULL REFERENCES launches (id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    event TEXT NOT NULL,
    terminal INTEGER NOT NULL,
    PRIMARY KEY (launch, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX launch_events_terminal ON launch_events (launch) WHERE terminal = 1`;

/** Builds that are not finished, in the order in which they were asked for. */
const BUILDS = `
  CREATE TABLE builds (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    image TEXT NOT NULL UNIQUE,
    request TEXT NOT NULL
  ) STRICT`;

/** The launcher's database, step by step. Add a step at the end; never change one that was released. */
export const MIGRATIONS: Migrations = [LAUNCHES, BUILDS, ENDED_SESSIONS, DURATIONS, POOL_DEMANDS];
