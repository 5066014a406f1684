import { describe, expect, it } from 'vitest';
import { checkAnswer } from './check-answer.ts';
import { CONDA_PARSERS } from './conda-parsers.ts';
import { expectAnswers } from './expect-answers.ts';

describe("whatever the files of conda's tools hold, detection answers or says what is wrong", () => {
  it.each(CONDA_PARSERS)('in 10,000 of $title', (parser) => {
    expectAnswers(parser);
  });

  it.each([
    ['conda-lock.yml', `version: 1\nmetadata: {}\npackage: [${'{}, '.repeat(50_000)}]`],
    ['conda-lock.yml', `a: &a [x]\nb: ${'[*a, '.repeat(2000)}`],
    ['conda-lock.yml', '['.repeat(200_000)],
    ['conda-linux-64.lock', `@EXPLICIT\n${'https://a/noarch/b-1-0.conda\n'.repeat(50_000)}`],
    ['conda-linux-64.lock', `@EXPLICIT\nhttps://a/noarch/${'b-'.repeat(500_000)}`],
    ['conda-linux-64.lock', `# pip ${' '.repeat(500_000)}x`],
    ['pixi.lock', `version: 6\nenvironments: {}\npackages: [${'{}, '.repeat(50_000)}]`],
    ['pixi.toml', `[dependencies]\n${Array.from({ length: 5000 }, (_, at) => `p${at} = "*"`).join('\n')}`],
    ['pixi.toml', `[dependencies]\npython = "${'1.'.repeat(100_000)}"`],
  ])('in a huge %s (%#)', (name, text) => {
    expect(checkAnswer({ [name]: text })).toMatch(/^(?:environment|DETECT_[A-Z_]+)$/);
  });
});
