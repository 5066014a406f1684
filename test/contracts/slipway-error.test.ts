import { describe, expect, it } from 'vitest';
import { Value } from 'typebox/value';
import { ErrorBody, fromErrorBody, SlipwayError, toSlipwayError } from '../../services/contracts/slipway-error.ts';

describe('SlipwayError', () => {
  it('survives a wire with its message and hint', () => {
    const error = new SlipwayError('REPO_REF_NOT_FOUND', { message: 'No branch nope.', details: { secret: 1 } });
    const body: unknown = JSON.parse(JSON.stringify(error.toBody()));
    expect(Value.Check(ErrorBody, body)).toBe(true);
    expect(fromErrorBody(body as ErrorBody).toBody()).toEqual(error.toBody());
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it('hides the text of foreign errors from visitors and keeps it as the cause', () => {
    const cause = new Error('password=1234');
    const error = toSlipwayError(cause);
    expect(error).toMatchObject({ code: 'LAUNCH_INTERNAL', cause });
    expect(JSON.stringify(error.toBody())).not.toContain('1234');
  });
});
