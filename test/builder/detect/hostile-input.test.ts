import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detect } from '../../../services/builder/detect/detect.ts';
import { makePlan } from '../../../services/builder/plan/make-plan.ts';
import { SlipwayError } from '../../../services/contracts/slipway-error.ts';
import { createMemoryRepositoryFiles, type RepositoryTable } from '../../support/memory-repository-files.ts';

const OPTIONS = { pythons: ['3.13', '3.11'], defaultPython: '3.13' };

/** Pieces that parsers give a meaning to, so that random joins of them reach deep. */
const PIECES = [
  'six', 'x @ ', '-e ', '-r', '-c ', '--requirement=', 'r.txt', 'requirements.txt', './', '../', '/', '.', 'pkg', '[a]',
  ' ; ', '#', ' #', '\\\n', '\n', '\r\n', '\r', '\t', '=', '==', '>=', ',', '|', '*', '1.0', '3.11', 'python', 'python-',
  'r-', '2024-01-10', '--hash=sha256:', 'ab', '"', "'", '$', '${X}', '`', '$(id)', ';', '&', ':', '::', '@', '://',
  'https', 'file:', 'git+', 'dependencies:', '  - ', '- pip:', '    - ', '{{', '}}', '&a ', '*a', '!!', '?', '---\n',
  '[project]\n', '[build-system]\n', '[tool.uv.sources]\n', '[[package]]\n', 'dependencies = [', ']\n', 'name = ', 'requires-python = ',
  '\ufeff', '\u2028', '\u0000', 'ü', '😀', '\ud800', '%2e%2e', '%zz', '#!', '/bin/sh', '-', '--', '<<', '(', ')', '\u000b',
]; // prettier-ignore

const hostileText = fc
  .array(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ unit: 'binary', maxLength: 5 })), {
    maxLength: 30,
  })
  .map((pieces) => pieces.join(''));

const hostileBytes = fc.oneof(
  { weight: 8, arbitrary: hostileText.map((text) => new TextEncoder().encode(text)) },
  fc.uint8Array({ maxLength: 60 }),
  hostileText.map((text) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])),
);

/** The kind of the plan, or the code and message of a DETECT_ error; anything else that is thrown fails the test. */
const planOrRefuse = (table: RepositoryTable): string => {
  try {
    return makePlan(detect(createMemoryRepositoryFiles(table), OPTIONS)).kind;
  } catch (error) {
    if (error instanceof SlipwayError && error.code.startsWith('DETECT_')) return `${error.code}: ${error.message}`;
    throw error;
  }
};

const ANSWER = /^(?:environment|dockerfile|DETECT_[A-Z_]+: [^\n\0]+)$/;

describe('whatever a repository holds, detection answers or says what is wrong', () => {
  it.each([
    'requirements.txt',
    'environment.yml',
    'apt.txt',
    'runtime.txt',
    'postBuild',
    'start',
    'Dockerfile',
    'pyproject.toml',
    'Pipfile',
    'Pipfile.lock',
    'uv.lock',
    'pylock.toml',
  ])('in %s', (name) => {
    fc.assert(
      fc.property(hostileBytes, hostileBytes, (bytes, included) => {
        expect(planOrRefuse({ [name]: bytes, 'r.txt': included, 'pkg/setup.py': '' })).toMatch(ANSWER);
      }),
      { numRuns: 600 },
    );
  });

  it('in the list below pip:', () => {
    fc.assert(
      fc.property(fc.array(hostileText, { maxLength: 4 }), hostileBytes, (items, included) => {
        const environment = JSON.stringify({ dependencies: [{ pip: items }] });
        expect(planOrRefuse({ 'environment.yml': environment, 'r.txt': included })).toMatch(ANSWER);
      }),
      { numRuns: 600 },
    );
  });

  it('in the channels and packages of conda', () => {
    const prefixes = fc.constantFrom('', 'a::', 'https://example.org/a::', 'numpy', 'numpy=');
    const texts = fc.array(
      fc.tuple(prefixes, hostileText).map(([prefix, text]) => prefix + text),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(texts, texts, (channels, packages) => {
        const environment = JSON.stringify({ channels, dependencies: ['numpy', ...packages] });
        expect(planOrRefuse({ 'environment.yml': environment })).toMatch(ANSWER);
      }),
      { numRuns: 600 },
    );
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
        const table = Object.fromEntries(links.map(([name, link]) => [name, { link }]));
        expect(planOrRefuse(table)).toMatch(ANSWER);
      }),
      { numRuns: 600 },
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
    ['apt.txt', 'a '.repeat(500_000)],
    ['apt.txt', 'a-'.repeat(500_000)],
    ['pyproject.toml', `a = ${'['.repeat(100_000)}`],
    ['pyproject.toml', `[project]\ndependencies = [${'"six", '.repeat(50_000)}]`],
    ['pyproject.toml', `[project]\nrequires-python = ">=${'1.'.repeat(100_000)}"`],
    ['runtime.txt', `python-${'1'.repeat(1_000_000)}`],
    ['runtime.txt', `r-${'1.'.repeat(500_000)}`],
  ])('in a huge %s (%.20s…)', (name, text) => {
    expect(planOrRefuse({ [name]: text, 'r.txt': 'six' })).toMatch(ANSWER);
  });

  it('in the packages of a Pipfile.lock', () => {
    const keys = fc.constantFrom('version', 'markers', 'git', 'ref', 'path', 'file', 'subdirectory', 'sys_platform');
    const entry = fc.oneof(hostileText, fc.dictionary(keys, hostileText));
    fc.assert(
      fc.property(fc.dictionary(hostileText, entry), hostileText, (packages, url) => {
        const lock = { _meta: { sources: [{ url }] }, default: packages };
        expect(planOrRefuse({ 'Pipfile.lock': JSON.stringify(lock), 'pkg/setup.py': '' })).toMatch(ANSWER);
      }),
      { numRuns: 600 },
    );
  });
});
