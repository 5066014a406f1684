import type { Session, SessionAddress, SessionEnd, SessionSpec } from '../../contracts/session.ts';
import type { Clock } from '../../platform/clock.ts';
import type { SessionHistory } from './session-history.ts';
import type { SessionRuntime } from './session-runtime.ts';
import { ownActivity, type SharedActivity } from './shared-activity.ts';

/** A running session as the proxy and the reconciler know it. */
export type LiveSession = {
  readonly spec: SessionSpec;
  readonly address: SessionAddress;
  readonly startedAt: number;
  /** When somebody used it last; that it became known counts as a use. */
  readonly lastActivity: number;
};

export type SessionLookup =
  | { readonly kind: 'running'; readonly session: LiveSession }
  | { readonly kind: 'ended'; readonly spec: SessionSpec; readonly end: SessionEnd }
  | { readonly kind: 'unknown' };

/**
 * What runs, in memory, so that a request needs no engine. The runtime stays the truth: whoever is not known here is
 * asked for there, and `refresh` brings the directory in line with it.
 */
export type SessionDirectory = {
  find(id: string): Promise<SessionLookup>;
  /** The same when the session seems to be gone: asks the runtime first. */
  recheck(id: string): Promise<SessionLookup>;
  all(): readonly LiveSession[];
  add(session: Omit<LiveSession, 'lastActivity'>): void;
  /** Lists the runtime, takes over what runs and forgets what is gone; gives what was listed. */
  refresh(): Promise<readonly Session[]>;
  remove(id: string): void;
  /** Notes that somebody uses the session, now or until a time to come; an earlier time changes nothing. */
  touch(id: string, at?: number): void;
};

type DirectoryParts = {
  readonly runtime: Pick<SessionRuntime, 'find' | 'list'>;
  readonly history: Pick<SessionHistory, 'find'>;
  /** What other processes know of the use of sessions; without it this one knows all. */
  readonly activity?: SharedActivity;
  readonly clock: Clock;
};

/** How long "there is no such session" is believed, so that guessing ids does not keep the engine busy. */
const ABSENCE_MS = 2000;
const MAX_ABSENCES = 10_000;

/** What is believed without asking: the sessions that run, and ids that were asked for in vain just now. */
const createMemory = (clock: Clock) => {
  const entries = new Map<string, LiveSession>();
  const absentUntil = new Map<string, number>();
  return {
    entries,
    put: (session: Omit<LiveSession, 'lastActivity'>): LiveSession => {
      const { id } = session.spec;
      const live = { ...session, lastActivity: entries.get(id)?.lastActivity ?? clock.now() };
      entries.set(id, live);
      absentUntil.delete(id);
      return live;
    },
    touch: (id: string, at = clock.now()): void => {
      const session = entries.get(id);
      if (session && at > session.lastActivity) entries.set(id, { ...session, lastActivity: at });
    },
    isAbsent: (id: string): boolean => (absentUntil.get(id) ?? 0) > clock.now(),
    noteAbsence: (id: string): void => {
      if (absentUntil.size >= MAX_ABSENCES) absentUntil.clear();
      absentUntil.set(id, clock.now() + ABSENCE_MS);
    },
  };
};

type Memory = ReturnType<typeof createMemory>;

const askRuntime = async ({ runtime, history }: DirectoryParts, memory: Memory, id: string): Promise<SessionLookup> => {
  const found = await runtime.find(id);
  const recorded = await history.find(id);
  if (recorded !== undefined || found?.state.kind !== 'running') memory.entries.delete(id);
  if (recorded !== undefined) return { kind: 'ended', ...recorded };
  if (found === undefined) {
    memory.noteAbsence(id);
    return { kind: 'unknown' };
  }
  const { spec, startedAt, state } = found;
  if (state.kind === 'ended') return { kind: 'ended', spec, end: state.end };
  return { kind: 'running', session: memory.put({ spec, startedAt, address: state.address }) };
};

/** Learns from the other processes when sessions were used, and tells them what was seen here. */
const exchangeUses = async ({ activity = ownActivity }: DirectoryParts, { entries, touch }: Memory): Promise<void> => {
  const seen = new Map([...entries.values()].map(({ spec, lastActivity }) => [spec.id, lastActivity]));
  for (const [id, at] of await activity.exchange(seen)) touch(id, at);
};

const listRuntime = async (parts: DirectoryParts, memory: Memory): Promise<readonly Session[]> => {
  const { runtime, history } = parts;
  const before = [...memory.entries.keys()];
  const sessions = await runtime.list();
  const running = new Set<string>();
  for (const { spec, startedAt, state } of sessions) {
    if (state.kind !== 'running' || (await history.find(spec.id)) !== undefined) continue;
    running.add(spec.id);
    memory.put({ spec, startedAt, address: state.address });
  }
  for (const id of before) if (!running.has(id)) memory.entries.delete(id);
  await exchangeUses(parts, memory);
  return sessions;
};

/** Keeps the directory of one process; fill it with `refresh` at start. */
export const createSessionDirectory = (parts: DirectoryParts): SessionDirectory => {
  const memory = createMemory(parts.clock);
  return {
    find: async (id) => {
      const session = memory.entries.get(id);
      if (session !== undefined) return { kind: 'running', session };
      const recorded = await parts.history.find(id);
      if (recorded !== undefined) return { kind: 'ended', ...recorded };
      return memory.isAbsent(id) ? { kind: 'unknown' } : askRuntime(parts, memory, id);
    },
    recheck: (id) => askRuntime(parts, memory, id),
    all: () => [...memory.entries.values()],
    add: (session) => void memory.put(session),
    refresh: () => listRuntime(parts, memory),
    remove: (id) => void memory.entries.delete(id),
    touch: memory.touch,
  };
};
