import { describe, expect, it } from 'vitest';
import { shellQuote } from '../../../services/builder/dockerfile/shell-quote.ts';

describe('shellQuote', () => {
  it('leaves plain words readable', () => {
    expect(shellQuote('libfoo:i386=1.0~rc1')).toBe("'libfoo:i386=1.0~rc1'");
    expect(shellQuote('g++')).toBe('g++');
    expect(shellQuote('')).toBe("''");
  });

  it('refuses NUL', () => {
    expect(() => shellQuote('a\0b')).toThrow(RangeError);
  });
});
