import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createValueHider, hideInMessage, hideInOutcome } from '../../../services/builder/image/hide-values.ts';

const hide = createValueHider(['swordfish', 'swordfish-2', '3.11']);

describe('values of build arguments', () => {
  it('are hidden in lines, names of steps and failures; short ones are not secret', () => {
    expect(hideInMessage({ kind: 'line', text: 'a swordfish-2 3.11', step: 'RUN swordfish' }, hide)).toEqual({
      kind: 'line',
      text: 'a *** 3.11',
      step: 'RUN ***',
    });
    const step = { name: 'RUN echo swordfish', status: 'started' } as const;
    expect(hideInMessage({ kind: 'step', step }, hide)).toMatchObject({ step: { name: 'RUN echo ***' } });
    const failure = { ok: false, failedStep: 'swordfish', lastLines: ['swordfish'], message: 'swordfish' } as const;
    expect(JSON.stringify(hideInOutcome(failure, hide))).not.toContain('swordfish');
  });

  it('never come through, whatever surrounds them', () => {
    const secret = fc.string({ minLength: 6 }).filter((value) => !value.includes('*'));
    fc.assert(
      fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
        expect(createValueHider([value])(`${before}${value}${after}`)).not.toContain(value);
      }),
    );
  });
});
