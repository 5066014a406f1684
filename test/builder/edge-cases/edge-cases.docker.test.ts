import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipTitle } from '../../support/skip-title.ts';
import { BINDER_CASES } from './binder-cases.ts';
import { CONDA_CASES } from './conda-cases.ts';
import { CONTENT_CASES } from './content-cases.ts';
import type { EdgeCase } from './edge-case.ts';
import { FETCH_CASES } from './fetch-cases.ts';
import { LANGUAGE_CASES } from './language-cases.ts';
import { PYTHON_CASES } from './python-cases.ts';
import { REQUIREMENTS_CASES } from './requirements-cases.ts';
import { SAFETY_CASES } from './safety-cases.ts';
import { SCRIPT_CASES } from './script-cases.ts';
import { SESSION_CASES } from './session-cases.ts';
import { TEXT_CASES } from './text-cases.ts';
import { createTools } from './tools.ts';

const CASES = [
  ...TEXT_CASES,
  ...SCRIPT_CASES,
  ...REQUIREMENTS_CASES,
  ...CONDA_CASES,
  ...LANGUAGE_CASES,
  ...PYTHON_CASES,
  ...BINDER_CASES,
  ...CONTENT_CASES,
  ...FETCH_CASES,
  ...SESSION_CASES,
  ...SAFETY_CASES,
].toSorted((a, b) => a.number - b.number);

describe('the 85 cases that repositories bring', () => {
  const tools = createTools();
  beforeAll(async () => void (await tools.base()));
  afterAll(() => tools[Symbol.asyncDispose]());

  const expectVerified = async (verify: EdgeCase['verify']): Promise<void> => verify(tools);

  it('are all here, each once', () => {
    expect(CASES.map(({ number }) => number)).toEqual(Array.from({ length: 85 }, (_, index) => index + 1));
  });

  for (const { number, title, skip, verify } of CASES)
    it.skipIf(skip)(skipTitle(`${number}: ${title}`, skip), () => expectVerified(verify));
});
