import { describe, expect, it } from 'vitest';
import { parseAptTxt } from '../../../services/builder/detect/apt-txt.ts';

const parse = (text: string) => parseAptTxt(text, 'apt.txt');

describe('parseAptTxt', () => {
  it('gives the packages sorted and once', () => {
    expect(parse('# tools\nzip  unzip\n\nzip\ng++ # compiler\nlibfoo:i386\njq=1.6-2.1~deb12u1\n0ad')).toEqual([
      '0ad',
      'g++',
      'jq=1.6-2.1~deb12u1',
      'libfoo:i386',
      'unzip',
      'zip',
    ]);
  });

  it.each([
    'tree; rm -rf /',
    'a$(id)',
    '`id`',
    '-o',
    '--yes',
    'Tree',
    'tree/stable',
    'tree=',
    'tree=1 2*',
    './tree.deb',
    'lib*',
    'lib?foo',
    'x',
    'trée',
    "tree'",
    'tree\\',
    '^lib$',
  ])('refuses %j with its line', (line) => {
    expect(() => parse(`jq\n\n${line}\n`)).toThrow(
      expect.objectContaining({
        code: 'DETECT_APT_INVALID',
        message: expect.stringContaining('apt.txt, line 3: '),
      }),
    );
  });

  it('says what a dash at the end would do', () => {
    expect(() => parse('python3-')).toThrow(
      'apt.txt, line 1: "python3-" ends in a dash, which would remove the package.',
    );
  });
});
