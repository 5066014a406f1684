import type { Readable } from 'node:stream';
import type { Session, SessionAddress, SessionSpec } from '../../contracts/session.ts';

export type StartOptions = { readonly spec: SessionSpec; readonly token: string; readonly basePath: string };

/**
 * Runs sessions. Promises: `start` returns as soon as the process runs, which is before Jupyter answers; what
 * `start` could not finish it takes away again; `list` is the truth, also after a restart, with the sessions that
 * ended and were not removed, and the reason why; `stop` succeeds when there is nothing to stop; only sessions of
 * this installation are ever seen or touched. Throws SlipwayError: SESSION_START_FAILED, BUILD_ENGINE_UNAVAILABLE.
 */
export interface SessionRuntime {
  start(options: StartOptions, signal: AbortSignal): Promise<SessionAddress>;
  /** The start is over: what was granted for it beyond the limits is taken back. Safe to repeat. */
  settle(spec: SessionSpec): Promise<void>;
  /** All sessions; or those of one launch, whose starts that a process did not finish, because it was killed, are taken away. */
  list(launchId?: string): Promise<readonly Session[]>;
  /** The session, ended or not; undefined when there is none of this id. */
  find(id: string): Promise<Session | undefined>;
  /** Stops and removes; safe to repeat. */
  stop(id: string): Promise<void>;
  /** The last lines of its log, at most 8 KiB. */
  log(id: string): Promise<string>;
  /** The directory of its repository as a tar archive, below one directory. Throws SESSION_NOT_FOUND. */
  readWork(id: string): Promise<Readable>;
  /** Adds a tar archive to that directory. Throws SESSION_NOT_FOUND. */
  putWork(id: string, archive: Readable): Promise<void>;
}
