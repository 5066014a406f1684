import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS } from '../../services/contracts/errors.ts';
import type { ErrorSpec } from '../../services/contracts/errors/error-spec.ts';

const sources = globSync('services/**/*.ts')
  .filter((file) => !/contracts\/errors(?:\.ts$|\/)/.test(file))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

const catalogue: [string, ErrorSpec][] = Object.entries(ERRORS);

describe('the error catalogue', () => {
  it.each(catalogue)('%s is raised somewhere', (code) => {
    expect(sources).toContain(`'${code}'`);
  });

  it.each(catalogue)('%s says what happened and what to do, in whole sentences', (_code, { message, hint }) => {
    expect(message).toMatch(/^[A-Za-z].*\.$/);
    expect(hint.length).toBeGreaterThan(20);
    expect(hint).not.toBe(message);
  });
});
