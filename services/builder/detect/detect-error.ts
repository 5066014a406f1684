import type { ErrorCode } from '../../contracts/errors.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { redactCredentials } from '../../platform/redact-credentials.ts';

export type DetectCode = Extract<ErrorCode, `DETECT_${string}`>;

export type Place = { readonly file: string; readonly line?: number };

export type DetectProblem = Place & { readonly problem: string; readonly hint?: string | undefined };

const MAX_SHOWN = 80;

/** Text of a repository as an error may show it: on one line, short, without credentials. */
export const quoteText = (text: string): string => {
  const shown = redactCredentials(text.slice(0, 4 * MAX_SHOWN));
  return JSON.stringify(shown.length > MAX_SHOWN ? `${shown.slice(0, MAX_SHOWN)}…` : shown);
};

/** An error about a configuration file that says where it is: `apt.txt, line 3: …`. */
export const createDetectError = (code: DetectCode, { file, line, problem, hint }: DetectProblem): SlipwayError =>
  new SlipwayError(code, { message: `${file}${line === undefined ? '' : `, line ${line}`}: ${problem}`, hint });
