import type { Clock } from '../../platform/clock.ts';
import type { SessionHistory } from './session-history.ts';
import type { SessionRuntime } from './session-runtime.ts';

type StopAllOptions = { readonly runtime: SessionRuntime; readonly history: SessionHistory; readonly clock: Clock };

/** Ends every session of this installation; what had ended by itself keeps its reason. Gives their number. */
export const stopAllSessions = async ({ runtime, history, clock }: StopAllOptions): Promise<number> => {
  const sessions = await runtime.list();
  for (const { spec, state } of sessions) {
    await history.record(spec, state.kind === 'ended' ? state.end : { code: 'SESSION_STOPPED', at: clock.now() });
    await runtime.stop(spec.id);
  }
  return sessions.length;
};
