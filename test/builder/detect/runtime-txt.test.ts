import { describe, expect, it } from 'vitest';
import { parseRuntimeTxt } from '../../../services/builder/detect/runtime-txt.ts';

const parse = (text: string) =>
  parseRuntimeTxt(text, { file: 'runtime.txt', pythons: ['3.13', '3.11'], defaultPython: '3.13' });

describe('parseRuntimeTxt', () => {
  it.each([
    ['python-3.13', '3.13'],
    ['python-3.11\n', '3.11'],
    ['  python-3.11  \n\n', '3.11'],
    ['python-3.11.4', '3.11'],
    ['python-3', '3.13'],
  ])('reads %j', (text, python) => {
    expect(parse(text).python).toBe(python);
  });

  it('says that the patch version is the server’s', () => {
    expect(parse('python-3.13.1').because).toBe('it asks for Python 3.13.1; the newest 3.13 of this server is used');
  });

  it.each([
    ['python-3.8', 'python-3.8 is not available; this server has python-3.13, python-3.11.'],
    ['python-3.1', 'is not available'],
    ['python-2.7', 'is not available'],
    ['python-3.11-2024-01-10', 'as of a day'],
    ['python-2024-01-10', 'as of a day'],
    ['r-4.3-2024-01-10', 'as of a day'],
    ['r-4.3', 'is not Python'],
    ['julia-1.9', 'is not Python'],
    ['nodejs-18', 'is not Python'],
  ])('knows %j and cannot do it', (text, message) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'DETECT_RUNTIME_UNSUPPORTED', message: expect.stringContaining(message) }),
    );
  });

  it.each([
    '',
    ' \n',
    '3.11',
    'python',
    'python 3.11',
    'Python-3.11',
    'python-3.x',
    'python-3.11 # c',
    'python-3.11\nx',
  ])('does not understand %j', (text) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'DETECT_RUNTIME_INVALID', hint: 'Write one line: python-3.13' }),
    );
  });
});
