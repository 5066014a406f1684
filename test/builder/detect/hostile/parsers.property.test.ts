import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkAnswer } from './check-answer.ts';
import { expectAnswers } from './expect-answers.ts';
import { PARSERS } from './parsers.ts';

describe('whatever a repository holds, detection answers or says what is wrong', () => {
  it.each(PARSERS)('in 10,000 of $title', (parser) => {
    expectAnswers(parser);
  });

  it('in names and links', () => {
    const names = fc.constantFrom(
      'binder',
      '.binder',
      'binder/apt.txt',
      'requirements.txt',
      'start',
      'a',
      'a/b',
      'Dockerfile',
    );
    const targets = fc.constantFrom('.', '..', 'a', 'a/b', 'binder', '../a', '/etc', 'binder/..', './start', '');
    fc.assert(
      fc.property(fc.array(fc.tuple(names, targets), { maxLength: 6 }), (links) => {
        checkAnswer(Object.fromEntries(links.map(([name, link]) => [name, { link }])));
      }),
      { numRuns: 10_000 },
    );
  });

  it.each([
    ['requirements.txt', ' '.repeat(1_000_000)],
    ['requirements.txt', `a${' '.repeat(60_000)}b`],
    ['requirements.txt', `x @ ${'a'.repeat(60_000)}`],
    ['requirements.txt', 'a+'.repeat(30_000)],
    ['requirements.txt', `-e ${'['.repeat(60_000)}`],
    ['requirements.txt', '\\\n'.repeat(400_000)],
    ['requirements.txt', '-r r.txt\n'.repeat(100_000)],
    ['requirements.txt', `six ${'--hash=sha256:ab '.repeat(50_000)}`],
    ['environment.yml', `dependencies: [${'a, '.repeat(100_000)}]`],
    ['environment.yml', '&a [*a, '.repeat(10_000)],
    ['environment.yml', `dependencies: ["python ${' '.repeat(500_000)}x"]`],
    ['environment.yml', '['.repeat(200_000)],
    ['apt.txt', 'a '.repeat(500_000)],
    ['apt.txt', 'a-'.repeat(500_000)],
    ['pyproject.toml', `a = ${'['.repeat(100_000)}`],
    ['pyproject.toml', `[project]\ndependencies = [${'"six", '.repeat(50_000)}]`],
    ['pyproject.toml', `[project]\nrequires-python = ">=${'1.'.repeat(100_000)}"`],
    ['runtime.txt', `python-${'1'.repeat(1_000_000)}`],
    ['runtime.txt', `r-${'1.'.repeat(500_000)}`],
    ['DESCRIPTION', `Package: a1\nImports: ${'b1,'.repeat(300_000)}`],
    ['DESCRIPTION', `Package: a1\nImports: b1 (>=${' '.repeat(900_000)}`],
    ['DESCRIPTION', ' \n'.repeat(400_000)],
    ['renv.lock', '['.repeat(900_000)],
    ['Project.toml', `[compat]\njulia = "${'1,'.repeat(400_000)}"`],
    ['Project.toml', `[compat]\njulia = "1${' '.repeat(900_000)}-"`],
    ['.devcontainer.json', '['.repeat(900_000)],
    ['.devcontainer.json', `{"image": "${'a/'.repeat(400_000)}"}`],
    ['.devcontainer.json', `{"postCreateCommand": [${'"a",'.repeat(200_000)}]}`],
  ])('in a huge %s (%.20s…)', (name, text) => {
    expect(checkAnswer({ [name]: text, 'r.txt': 'six' })).toMatch(/^(?:environment|devcontainer|DETECT_[A-Z_]+)$/);
  });
});
