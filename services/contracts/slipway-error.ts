import { Type, type Static } from 'typebox';
import { ERRORS, type ErrorCode } from './errors.ts';
import type { ErrorSpec } from './errors/error-spec.ts';

/** An error as it crosses a wire or a store: everything a person needs, nothing internal. */
export const ErrorBody = Type.Object({
  code: Type.Unsafe<ErrorCode>(Type.String({ enum: Object.keys(ERRORS), description: 'The error code.' })),
  message: Type.String({ description: 'What happened.' }),
  hint: Type.String({ description: 'What to do next.' }),
  status: Type.Integer({ description: 'The HTTP status that fits.' }),
  retry: Type.Boolean({ description: 'Whether trying again later may help.' }),
});
export type ErrorBody = Static<typeof ErrorBody>;

export type ErrorFacts = {
  /** Says it more precisely than the catalogue; shown to the visitor. */
  readonly message?: string | undefined;
  readonly hint?: string | undefined;
  /** For the log only. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly cause?: unknown;
};

/** The only error class that is thrown on purpose: a code of the catalogue and its facts. */
export class SlipwayError extends Error {
  override readonly name = 'SlipwayError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, facts: ErrorFacts = {}) {
    const spec: ErrorSpec = ERRORS[code];
    super(facts.message ?? spec.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.hint = facts.hint ?? spec.hint;
    this.details = facts.details ?? {};
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get retry(): boolean {
    return ERRORS[this.code].retry;
  }

  toBody(): ErrorBody {
    const { code, message, hint, status, retry } = this;
    return { code, message, hint, status, retry };
  }
}

/** Turns anything thrown into a SlipwayError; what is not ours becomes `fallback` without its text. */
export const toSlipwayError = (thrown: unknown, fallback: ErrorCode = 'LAUNCH_INTERNAL'): SlipwayError =>
  thrown instanceof SlipwayError ? thrown : new SlipwayError(fallback, { cause: thrown });

/** Restores an error that crossed a wire or a store. */
export const fromErrorBody = (body: ErrorBody): SlipwayError =>
  new SlipwayError(body.code, { message: body.message, hint: body.hint });
