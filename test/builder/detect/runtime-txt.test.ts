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
    ['python-3', undefined],
    ['python-3.11-2024-01-10', '3.11'],
    ['python-3.13.1-2024-01-10', '3.13'],
    ['python-2024-01-10', undefined],
  ])('reads %j', (text, python) => {
    expect(parse(text).python).toBe(python);
  });

  it('says that the patch version is the server’s', () => {
    expect(parse('python-3.13.1').because).toBe('it asks for Python 3.13.1; the newest 3.13 of this server is used');
  });

  it('reads the day whose packages are asked for', () => {
    expect(parse('python-3.11-2024-01-10')).toMatchObject({
      asOf: '2024-01-10',
      because: 'it asks for Python 3.11, with packages as of 2024-01-10',
    });
    expect(parse('python-2024-01-10').asOf).toBe('2024-01-10');
    expect(parse('python-3.11')).not.toHaveProperty('asOf');
  });

  it.each(['python-2024-13-01', 'python-3.11-2023-02-29'])('knows that %s is no day', (text) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'DETECT_RUNTIME_INVALID', message: expect.stringContaining('not a day') }),
    );
  });

  it.each([
    ['python-3.8', 'python-3.8 is not available; this server has python-3.13, python-3.11.'],
    ['python-3.1', 'is not available'],
    ['python-2.7', 'is not available'],
    ['python-3.8-2024-01-10', 'is not available'],
    ['julia-1.9', 'is neither Python nor R'],
    ['nodejs-18', 'is neither Python nor R'],
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
    'python-2024-1-5',
    'python-3.11-',
  ])('does not understand %j', (text) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'DETECT_RUNTIME_INVALID', hint: 'Write one line: python-3.13' }),
    );
  });
});
