import type { Session } from '../../contracts/session.ts';
import type { Settings } from '../../contracts/settings.ts';
import type { Clock } from '../../platform/clock.ts';
import type { IsBlocked } from '../admission/blocked-clients.ts';
import { recordEnd, type EndingParts } from '../sessions/end-session.ts';
import type { SessionKeys } from '../sessions/session-access.ts';
import type { LiveSession, SessionDirectory } from '../sessions/session-directory.ts';
import type { SessionHistory } from '../sessions/session-history.ts';
import type { SessionRuntime } from '../sessions/session-runtime.ts';
import { hasBusyKernel } from './busy-kernels.ts';
import { decide, type Action } from './decide.ts';

export type ReconcilerParts = EndingParts & {
  readonly runtime: SessionRuntime;
  readonly directory: SessionDirectory;
  readonly keys: SessionKeys;
  readonly limits: Settings['sessions'];
  readonly clock: Clock;
  /** The sessions that wrote more than they may, when they were measured last. */
  readonly findOverDisk?: () => ReadonlySet<string>;
  /** Whether the policy blocks a client. */
  readonly isBlocked?: IsBlocked;
};

export type Reconciler = {
  /** One round: lists, compares, acts. Throws when the runtime cannot be listed. */
  reconcile(): Promise<void>;
  /** A round every `reconcileSeconds` until the signal is aborted; a round that fails is logged, the next one tries again. */
  run(signal: AbortSignal): Promise<void>;
};

/** Whether an idle session is in use after all: by a kernel that computes, or since the decision was made. */
const isInUse = async ({ directory, keys }: ReconcilerParts, id: string): Promise<boolean> => {
  const session = directory.all().find(({ spec }) => spec.id === id);
  if (session === undefined) return false;
  if (await hasBusyKernel(session, keys.token(id))) directory.touch(id);
  const now = directory.all().find(({ spec }) => spec.id === id);
  return now !== undefined && now.lastActivity > session.lastActivity;
};

const act = async (parts: ReconcilerParts, action: Action): Promise<void> => {
  const { spec } = action;
  switch (action.kind) {
    case 'bury':
      await recordEnd(parts, action, action.end);
      break;
    case 'end':
      if (action.code === 'SESSION_IDLE' && (await isInUse(parts, spec.id))) return;
      await recordEnd(parts, action, { code: action.code, at: parts.clock.now() });
      break;
    case 'finish':
      break;
  }
  await parts.runtime.stop(spec.id);
};

/** One session that cannot be ended now does not keep the others from being looked after. */
const actSafely = async (parts: ReconcilerParts, action: Action): Promise<void> => {
  try {
    await act(parts, action);
  } catch (error) {
    parts.logger.warn({ session: action.spec.id, action: action.kind, err: error }, 'a session could not be ended');
  }
};

/** What was known and is not there any more was removed behind our back, by an operator. */
const recordVanished = async (
  parts: ReconcilerParts,
  known: readonly LiveSession[],
  listed: ReadonlySet<string>,
): Promise<void> => {
  for (const session of known) {
    if (!listed.has(session.spec.id))
      await recordEnd(parts, session, { code: 'SESSION_STOPPED', at: parts.clock.now() });
  }
};

/** The sessions whose end is on record, by id. */
const findRecorded = async (history: SessionHistory, sessions: readonly Session[]): Promise<ReadonlySet<string>> => {
  const found = await Promise.all(sessions.map(({ spec }) => history.find(spec.id)));
  return new Set(found.flatMap((ended) => ended?.spec.id ?? []));
};

const reconcile = async (parts: ReconcilerParts): Promise<void> => {
  const { directory, history, limits, clock } = parts;
  const known = directory.all();
  const sessions = await directory.refresh();
  await recordVanished(parts, known, new Set(sessions.map(({ spec }) => spec.id)));
  const lastActivity = new Map(directory.all().map((live) => [live.spec.id, live.lastActivity]));
  const recorded = await findRecorded(history, sessions);
  const overDisk = parts.findOverDisk?.() ?? new Set();
  const { isBlocked = () => false } = parts;
  const actions = decide({ sessions, lastActivity, recorded, overDisk, isBlocked, limits, now: clock.now() });
  await Promise.all(actions.map((action) => actSafely(parts, action)));
};

/** Keeps what runs as it should be. Keeps no state of its own, so it can be ended and begun at any time. */
export const createReconciler = (parts: ReconcilerParts): Reconciler => ({
  reconcile: () => reconcile(parts),
  run: async (signal) => {
    while (!signal.aborted) {
      await reconcile(parts).catch((error: unknown) => {
        parts.logger.warn({ err: error }, 'the sessions could not be listed; trying again');
      });
      await parts.clock.sleep(parts.limits.reconcileSeconds * 1000, signal).catch(() => undefined);
    }
  },
});
