import type { SessionEnd } from '../../contracts/session.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';

/** The error of a session that ended before Jupyter answered; its last log lines go along as `details.log`. */
export const makeStartError = (end: SessionEnd | undefined): SlipwayError => {
  const code = end?.code === 'SESSION_MEMORY_EXCEEDED' ? end.code : 'SESSION_START_FAILED';
  return new SlipwayError(code, { details: { log: end?.log ?? '' } });
};
