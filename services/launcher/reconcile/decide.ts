import type { Session, SessionEnd, SessionSpec } from '../../contracts/session.ts';
import type { Settings } from '../../contracts/settings.ts';
import type { IsBlocked } from '../admission/blocked-clients.ts';

type EndCode = 'SESSION_CLIENT_BLOCKED' | 'SESSION_IDLE' | 'SESSION_MAX_AGE' | 'SESSION_DISK_EXCEEDED';

/** What has to happen to a session so that the world is as it should be. */
export type Action =
  /** It ended by itself: remember why, then remove what is left of it. */
  | { readonly kind: 'bury'; readonly spec: SessionSpec; readonly startedAt: number; readonly end: SessionEnd }
  /** It has to end; an idle one only if none of its kernels is busy. */
  | { readonly kind: 'end'; readonly spec: SessionSpec; readonly startedAt: number; readonly code: EndCode }
  /** Its end is on record, but it still runs: ending it was interrupted. */
  | { readonly kind: 'finish'; readonly spec: SessionSpec };

export type Observation = {
  readonly sessions: readonly Session[];
  /** When each session was used last, by id. */
  readonly lastActivity: ReadonlyMap<string, number>;
  /** The sessions whose end is on record. */
  readonly recorded: ReadonlySet<string>;
  /** The sessions that wrote more than they may. */
  readonly overDisk: ReadonlySet<string>;
  /** Whether the policy blocks who it was started for. */
  readonly isBlocked: IsBlocked;
  readonly limits: Pick<Settings['sessions'], 'idleSeconds' | 'maxAgeSeconds'>;
  readonly now: number;
};

const decideOne = (session: Session, observation: Observation): Action | undefined => {
  const { spec, startedAt, state } = session;
  const { lastActivity, recorded, limits, now } = observation;
  if (state.kind === 'ended') return { kind: 'bury', spec, startedAt, end: state.end };
  if (recorded.has(spec.id)) return { kind: 'finish', spec };
  if (observation.isBlocked(spec.client)) return { kind: 'end', spec, startedAt, code: 'SESSION_CLIENT_BLOCKED' };
  if (observation.overDisk.has(spec.id)) return { kind: 'end', spec, startedAt, code: 'SESSION_DISK_EXCEEDED' };
  const { maxAgeSeconds, idleSeconds } = { ...limits, ...spec.limits };
  if (now - startedAt >= maxAgeSeconds * 1000) return { kind: 'end', spec, startedAt, code: 'SESSION_MAX_AGE' };
  const idle = now - (lastActivity.get(spec.id) ?? now);
  return idle >= idleSeconds * 1000 ? { kind: 'end', spec, startedAt, code: 'SESSION_IDLE' } : undefined;
};

/** Compares what runs with what should run. Pure; the same observation always gives the same actions. */
export const decide = (observation: Observation): Action[] =>
  observation.sessions.flatMap((session) => decideOne(session, observation) ?? []);
