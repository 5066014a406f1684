import type { SessionAddress, SessionSpec } from '../../contracts/session.ts';

/** What a launch knows about the session that it wants; the service chooses the id. */
export type SessionRequest = Omit<SessionSpec, 'id'>;

/** A session that runs. */
export type Started = { readonly spec: SessionSpec; readonly address: SessionAddress; readonly startedAt: number };

/** What is done to a session that answers before anybody gets in: yields lines for the log. */
export type PrepareSession = (session: Started, signal: AbortSignal) => AsyncGenerator<string, void>;

/** How a visitor gets in. Made on demand, never stored. */
export type SessionAccess = {
  /** Path of the session on the session listener, with a slash at both ends. */
  readonly path: string;
  /** The Jupyter token. */
  readonly token: string;
  /** Path and query of the single-use entry. */
  readonly entryPath: string;
};

/**
 * What the launch pipeline needs of sessions. Promises: `start` yields lines for the log and returns when Jupyter
 * answers through the proxy and `prepare` is done; asked again for the same launch after a restart it finds that launch's session
 * instead of starting a second; when it throws or is aborted nothing of the session is left.
 */
export interface SessionService {
  start(request: SessionRequest, signal: AbortSignal, prepare?: PrepareSession): AsyncGenerator<string, SessionSpec>;
  access(sessionId: string): SessionAccess;
}
