import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { simplifyMarker } from '../../../../services/builder/detect/python/marker.ts';

const TARGET = { python: '3.11', extras: new Set(['plot-all']), groups: new Set(['dev']) };
const simplify = (text: string) => simplifyMarker(text, TARGET);

describe('simplifyMarker', () => {
  it('answers any text, and what is left of a marker is a marker that says the same', () => {
    const words = `sys_platform platform_machine extra python_version python_full_version x and or ( ) == != < in not 'linux' '3.11.4' "a" ' 1`;
    const word = fc.constantFrom(...words.split(' '));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 14 }), (words) => {
        const condition = simplify(words.join(' '));
        expect(typeof condition === 'string' ? simplify(condition) : condition).toBe(condition);
      }),
      { numRuns: 10_000 },
    );
  });
});
