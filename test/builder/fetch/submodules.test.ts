import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSubmodules, resolveSubmodule } from '../../../services/builder/fetch/submodules.ts';
import { SlipwayError } from '../../../services/contracts/slipway-error.ts';
import { anyText } from '../../support/any-text.ts';

const COMMIT = 'a'.repeat(40);
const PARENT = new URL('https://example.org/group/project.git');

describe('submodules', () => {
  it('are the gitlinks of a commit, with the address that .gitmodules has for their path', () => {
    const tree = [
      `100644 blob ${COMMIT}\tREADME`,
      `160000 commit ${COMMIT}\tdeps/a b`,
      `160000 commit ${COMMIT}\tlost`,
      '',
    ].join('\0');
    const config = 'submodule.some.name.path\ndeps/a b\0submodule.some.name.url\n../x.git\0submodule.only.path\ngone\0';
    expect(parseSubmodules(tree, config)).toEqual([
      { path: 'deps/a b', commit: COMMIT, url: '../x.git' },
      { path: 'lost', commit: COMMIT, url: undefined },
    ]);
  });

  it.each([
    ['https://other.org/a.git', 'https://other.org/a.git'],
    ['../other.git', 'https://example.org/group/other.git'],
    ['./nested.git', 'https://example.org/group/project.git/nested.git'],
    ['../../team/other', 'https://example.org/team/other'],
    ['../../../../../other', 'https://example.org/other'],
  ])('at %s are fetched from %s', (url, expected) => {
    expect(resolveSubmodule('x', url, PARENT).href).toBe(expected);
  });

  it.each([
    'git@example.org:a/b.git',
    'ssh://git@example.org/a/b.git',
    'git://example.org/a.git',
    'file:///etc',
    '/srv/git/a.git',
    'ext::sh -c id',
    '-u./x',
    '',
  ])('at %j are refused', (url) => {
    expect(() => resolveSubmodule('deps/x', url, PARENT)).toThrow(
      expect.objectContaining({
        code: 'FETCH_SUBMODULE_FAILED',
        message: expect.stringContaining('The submodule deps/x is at') as string,
      }) as Error,
    );
  });

  it('never shows a password', () => {
    expect(() => resolveSubmodule('x', 'ssh://me:secret@example.org/a', PARENT)).not.toThrow(/secret/);
  });

  it('lead nowhere but to http addresses, whatever is written', () => {
    const resolve = (url: string): string => {
      try {
        return resolveSubmodule('x', url, PARENT).protocol;
      } catch (error) {
        return error instanceof SlipwayError ? error.code : 'crash';
      }
    };
    const begin = fc.constantFrom('', 'https://', 'HTTP://', 'ssh://', 'file://', 'ext::', '../', './', '//', 'a@b:');
    const address = fc
      .tuple(begin, fc.oneof(fc.constantFrom('example.org', '127.0.0.1:1/x.git'), anyText()))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(address, (url) => ['http:', 'https:', 'FETCH_SUBMODULE_FAILED'].includes(resolve(url))),
      { numRuns: 1000 },
    );
  });
});
