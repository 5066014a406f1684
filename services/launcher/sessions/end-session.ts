import type { SessionEnd } from '../../contracts/session.ts';
import type { Logger } from '../../platform/logger.ts';
import type { LiveSession, SessionDirectory } from './session-directory.ts';
import type { SessionHistory } from './session-history.ts';

export type EndedSession = Pick<LiveSession, 'spec' | 'startedAt'>;

export type EndingParts = {
  readonly directory: Pick<SessionDirectory, 'remove'>;
  readonly history: SessionHistory;
  readonly logger: Logger;
  /** Told once for each session that is over. */
  readonly onEnded: (end: SessionEnd, session: EndedSession) => void;
};

/** Writes down why a session is over, before anything happens to it; the first reason stays. */
export const recordEnd = async (parts: EndingParts, session: EndedSession, end: SessionEnd): Promise<void> => {
  const { spec } = session;
  const isNew = (await parts.history.find(spec.id)) === undefined;
  await parts.history.record(spec, end);
  parts.directory.remove(spec.id);
  if (isNew) parts.onEnded(end, session);
  parts.logger.info({ session: spec.id, code: end.code }, 'session ended');
};
