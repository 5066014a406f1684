import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorSpec } from '../../services/contracts/errors.ts';

const sources = globSync('services/**/*.ts')
  .filter((file) => !file.endsWith('contracts/errors.ts'))
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
