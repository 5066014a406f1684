import type { SessionEnd } from '../../contracts/session.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';

/** Ends that say more than that Jupyter did not answer. */
const TELLING: ReadonlySet<SessionEnd['code']> = new Set(['SESSION_MEMORY_EXCEEDED', 'SESSION_ENGINE_STOPPED']);

/** The error of a session that ended before Jupyter answered; its last log lines go along as `details.log`. */
export const makeStartError = (end: SessionEnd | undefined): SlipwayError => {
  const code = end !== undefined && TELLING.has(end.code) ? end.code : 'SESSION_START_FAILED';
  return new SlipwayError(code, { details: { log: end?.log ?? '' } });
};
