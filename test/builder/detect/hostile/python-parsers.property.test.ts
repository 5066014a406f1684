import { describe, it } from 'vitest';
import { expectAnswers } from './expect-answers.ts';
import { PYTHON_PARSERS } from './python-parsers.ts';

describe("whatever the files of Python's tools hold, detection answers or says what is wrong", () => {
  it.each(PYTHON_PARSERS)('in 10,000 of $title', (parser) => {
    expectAnswers(parser);
  });
});
