import type { FailedEvent, LaunchEvent, ProgressPhase } from '../../contracts/launch-event.ts';
import type { SlipwayError } from '../../contracts/slipway-error.ts';

const line = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);

/** A line of progress; `at` is milliseconds since 1970. */
export const makeProgressEvent = (phase: ProgressPhase, text: string, at: number): LaunchEvent => ({
  phase,
  message: line(text),
  at,
});

/** The one event that ends a launch that went wrong; `details.log` of the error is shown, nothing else of it. */
export const makeFailedEvent = (error: SlipwayError, at: number): FailedEvent => {
  const { code, hint, status, retry, details } = error;
  const { log, retryAfterSeconds } = details;
  return {
    phase: 'failed',
    message: line(error.message),
    at,
    code,
    hint,
    status_code: status,
    retry,
    ...(typeof retryAfterSeconds === 'number' ? { retryAfterSeconds } : {}),
    ...(typeof log === 'string' && log !== '' ? { log } : {}),
  };
};
