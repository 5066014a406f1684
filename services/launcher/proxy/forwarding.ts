import type { SessionAddress } from '../../contracts/session.ts';

/** One request on its way to a session. */
export type Forwarding = {
  readonly address: SessionAddress;
  readonly basePath: string;
  /** The headers that the session gets: names and values by turns. */
  readonly headers: string[];
  /** Counts bytes that go through, either way; gives the milliseconds to wait before the next ones. */
  readonly spend: (bytes: number) => number;
  readonly silenceMs: number;
  /** Somebody uses the session: called when the request was answered well, and for each frame of data. */
  readonly onActivity: () => void;
  readonly isActivity: boolean;
  /** The session's address takes its time to accept: its container may be gone. */
  readonly onStalled: () => void;
  /** The session could not be reached and nothing was answered yet. */
  readonly onUnreachable: (error: Error) => void;
};

/** A container on this machine accepts at once; the network itself takes seconds to say that nobody is there. */
export const STALLED_MS = 250;
