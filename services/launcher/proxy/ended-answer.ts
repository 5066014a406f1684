import type { SessionEnd, SessionSpec } from '../../contracts/session.ts';
import { SlipwayError, toSlipwayError } from '../../contracts/slipway-error.ts';
import type { Answer } from './answer-page.ts';

/** A session that is over is gone for good, whatever ended it. */
const GONE = 410;

/** Says why a session is over, and where to launch its repository again; `controlUrl` ends with a slash. */
export const makeEndedAnswer = (spec: SessionSpec, end: SessionEnd, controlUrl: string): Answer => ({
  error: { ...new SlipwayError(end.code).toBody(), status: GONE },
  launchUrl: `${controlUrl}${spec.request}`,
  log: end.log,
});

/** Says what went wrong; what is not ours is said without its text. */
export const makeErrorAnswer = (thrown: unknown): Answer => ({ error: toSlipwayError(thrown).toBody() });
