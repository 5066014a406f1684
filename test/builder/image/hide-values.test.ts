import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createValueHider,
  hideInError,
  hideInEvent,
  hideInLines,
  secretsOf,
} from '../../../services/builder/image/hide-values.ts';
import { SlipwayError } from '../../../services/contracts/slipway-error.ts';
import { runGenerator } from '../../support/run-generator.ts';

const hide = createValueHider(['swordfish', 'swordfish-2', '3.11']);

describe('values of build arguments', () => {
  it('are hidden in lines and names of steps; short ones are not secret', () => {
    const event = {
      phase: 'building',
      message: 'a swordfish-2 3.11\n',
      at: 5,
      step: { name: 'RUN swordfish', status: 'started' },
    } as const;
    expect(hideInEvent(event, hide)).toEqual({
      phase: 'building',
      message: 'a *** 3.11\n',
      at: 5,
      step: { name: 'RUN ***', status: 'started' },
    });
  });

  it('are hidden in errors, with a cause that tells them left out', () => {
    const error = new SlipwayError('BUILD_DOCKERFILE_FAILED', {
      message: 'swordfish failed',
      hint: 'not swordfish',
      details: { step: ['RUN swordfish'] },
      cause: new Error('exit of swordfish'),
    });
    const shown = hideInError(error, hide);
    expect(JSON.stringify([shown.toBody(), shown.details])).not.toContain('swordfish');
    expect(shown).toMatchObject({ code: 'BUILD_DOCKERFILE_FAILED', message: '*** failed' });
    expect(shown.cause).toBeUndefined();
    const cause = new Error('harmless');
    expect(hideInError(new SlipwayError('BUILD_DOCKERFILE_FAILED', { cause }), hide).cause).toBe(cause);
  });

  it('are hidden in lines of progress and in what ends them', async () => {
    const lines = async function* () {
      yield 'with swordfish\n';
      throw new SlipwayError('IMAGE_BASE_FAILED', { message: 'no swordfish' });
    };
    const seen: string[] = [];
    await expect(
      (async () => {
        for await (const line of hideInLines(lines(), hide)) seen.push(line);
      })(),
    ).rejects.toMatchObject({ message: 'no ***' });
    expect(seen).toEqual(['with ***\n']);
    const made = async function* () {
      yield 'a';
      return 7;
    };
    expect(await runGenerator(hideInLines(made(), hide))).toEqual({ items: ['a'], result: 7 });
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

describe('credentials', () => {
  it('of any address are taken out, whoever wrote it', () => {
    expect(createValueHider([])('git+https://user:pass@host/a.git and https://token@b.c/d')).toBe(
      'git+https://host/a.git and https://b.c/d',
    );
  });

  it('of the index are hidden as written, as meant and as sent; the name of a user is not secret', () => {
    const secrets = secretsOf({ extras: undefined, indexUrl: 'https://reader:sword%26fish@index.example/simple' });
    const shown = createValueHider(secrets);
    const sent = Buffer.from('reader:sword&fish').toString('base64');
    expect(shown(`a sword%26fish b sword&fish c ${sent} reader`)).toBe('a *** b *** c *** reader');
    expect(createValueHider(secretsOf({ indexUrl: 'https://token-alone@index.example/' }))('x token-alone')).toBe(
      'x ***',
    );
    expect(secretsOf({ indexUrl: '' })).toEqual([]);
  });
});
