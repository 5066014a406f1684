import type { ErrorCode } from '../../contracts/errors.ts';

/** What the output of a failed step shows, and the error that it means. */
export type Sign = {
  readonly shows: RegExp;
  readonly code: ErrorCode;
  readonly message: (found: RegExpExecArray) => string;
  readonly hint?: string;
};
