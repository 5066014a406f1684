import * as fc from 'fast-check';
import { expect } from 'vitest';
import { checkAnswer } from './check-answer.ts';
import { encoded } from './hostile-text.ts';
import { hostileDocument } from './mutations.ts';
import { readSamples, SURROUNDINGS, type Parser } from './parsers.ts';

const RUNS = 10_000;
const PLANS = ['environment', 'dockerfile', 'devcontainer'];

/** Puts 10,000 hostile documents through a parser. Each must end in a plan that holds together or in a coded refusal. */
export const expectAnswers = (parser: Parser): void => {
  const { path, format, write = (document: string) => document, beside } = parser;
  const answers = new Map<string, number>();
  const document = hostileDocument(readSamples(parser), format).map(write);
  fc.assert(
    fc.property(encoded(document), (bytes) => {
      const answer = checkAnswer({ ...SURROUNDINGS, ...beside, [path]: bytes });
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
    }),
    { numRuns: RUNS },
  );
  // Inputs that are nearly all refused would not test what comes behind a parser.
  expect(PLANS.reduce((sum, kind) => sum + (answers.get(kind) ?? 0), 0)).toBeGreaterThan(RUNS / 20);
};
