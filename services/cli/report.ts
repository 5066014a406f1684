import { toSlipwayError, type SlipwayError } from '../contracts/slipway-error.ts';
import { exitCodeOf } from './exit-code.ts';

/** Where a command tells a person what it does: standard error, so that standard output stays data. */
export type Report = (line: string) => void;

export const reportToTerminal: Report = (line) => {
  process.stderr.write(`${line.trimEnd()}\n`);
};

/** One clear message for an error: what happened, what to do next, the code to look up. */
const renderError = (error: SlipwayError): string =>
  [`slipway: ${error.message}`, `  ${error.hint}`, `  (${error.code}, see docs/reference/errors.md)`].join('\n');

const rootCause = (error: unknown): unknown =>
  error instanceof Error && error.cause !== undefined ? rootCause(error.cause) : error;

/** Reports an error that ends a command and sets the exit code; a fault of our own also shows where it happened. */
export const reportFailure = (thrown: unknown, report: Report = reportToTerminal): void => {
  const error = toSlipwayError(thrown);
  report(renderError(error));
  if (error.code === 'LAUNCH_INTERNAL') report(String((rootCause(thrown) as Error | undefined)?.stack ?? thrown));
  process.exitCode = exitCodeOf(error.code);
};
