/** What one session may use of the way to it. */
export type ProxyLimits = {
  /** Requests and WebSockets that are open at a time. */
  readonly connections: number;
  /** 0: no limit. */
  readonly bytesPerSecond: number;
  /** How long a client may leave a ping of the session unanswered. */
  readonly silenceMs: number;
};

/** One request or WebSocket of a session. */
export type Meter = {
  /** Counts bytes that go through; gives the milliseconds to wait before the next ones. */
  spend(bytes: number): number;
  close(): void;
};

export type SessionMeters = {
  /** Counts a connection of a session; undefined where it has as many as it may. */
  open(id: string): Meter | undefined;
};

/** So much of the time is let through at once, so that pages load in one piece. */
const BURST_MS = 500;
const MAX_METERS = 2000;

type State = { open: number; paidUntil: number };

const isSettled = ({ open, paidUntil }: State): boolean => open === 0 && paidUntil <= Date.now();

const forgetSettled = (states: Map<string, State>): void => {
  for (const [id, state] of states) if (isSettled(state)) states.delete(id);
};

const createMeter = (state: State, { bytesPerSecond }: ProxyLimits): Meter => ({
  spend: (bytes) => {
    if (bytesPerSecond === 0) return 0;
    const now = Date.now();
    state.paidUntil = Math.max(state.paidUntil, now) + (bytes / bytesPerSecond) * 1000;
    return Math.max(0, Math.ceil(state.paidUntil - now - BURST_MS));
  },
  close: () => void (state.open -= 1),
});

/** Keeps the counts of all sessions that have connections, or owe time for what they sent. */
export const createSessionMeters = (limits: ProxyLimits): SessionMeters => {
  const states = new Map<string, State>();
  return {
    open: (id) => {
      if (states.size > MAX_METERS) forgetSettled(states);
      const state = states.get(id) ?? { open: 0, paidUntil: 0 };
      if (state.open >= limits.connections) return undefined;
      state.open += 1;
      states.set(id, state);
      return createMeter(state, limits);
    },
  };
};
