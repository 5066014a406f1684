import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveInside } from '../../../services/launcher/proxy/resolve-inside.ts';
import { anyText } from '../../support/any-text.ts';

const base = '/s/abc/';

describe('resolving a path inside of a session', () => {
  it.each([
    ['lab', '/s/abc/lab'],
    ['/lab/tree/a b.ipynb', '/s/abc/lab/tree/a%20b.ipynb'],
    ['lab/tree/x?reset#cell', '/s/abc/lab/tree/x?reset#cell'],
    ['a/../b', '/s/abc/b'],
    ['//evil.example/x', '/s/abc/evil.example/x'],
    ['\\\\evil.example', '/s/abc/evil.example'],
    ['https://evil.example', '/s/abc/https://evil.example'],
    ['javascript:alert(1)', '/s/abc/javascript:alert(1)'],
    ['user@evil.example', '/s/abc/user@evil.example'],
    ['', '/s/abc/'],
    ['../other/', undefined],
    ['%2e%2e/other/', undefined],
    ['.%2E\\other', undefined],
    ['a/../../../', undefined],
    ['\t/../..//evil.example', undefined],
  ])('%j becomes %j', (wanted, expected) => {
    expect(resolveInside(base, wanted)).toBe(expected);
  });

  it('never leads a browser out of the session, whatever is asked for', () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      '%2e',
      '%2f',
      '%5c',
      '@',
      ':',
      '?',
      '#',
      'evil.example',
      '\t',
      'é',
    );
    const path = fc.oneof(
      anyText(),
      fc.array(piece, { maxLength: 12 }).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(path, (wanted) => {
        const resolved = resolveInside(base, wanted);
        if (resolved === undefined) return;
        const seen = new URL(resolved, 'https://sessions.example');
        expect(seen.origin).toBe('https://sessions.example');
        expect(seen.pathname.startsWith(base)).toBe(true);
        expect(resolved).not.toMatch(/[\r\n]/);
      }),
      { numRuns: 2000 },
    );
  });
});
