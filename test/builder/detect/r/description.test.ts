import { describe, expect, it } from 'vitest';
import { parseDescription } from '../../../../services/builder/detect/r/description.ts';

const parse = (...lines: readonly string[]) => parseDescription(lines.join('\n'), 'DESCRIPTION');

describe('parseDescription', () => {
  it('reads what a package needs, without what is part of R', () => {
    const found = parse(
      'Package: minerals',
      'Depends: R (>= 4.1), methods, dplyr',
      'Imports:',
      '    jsonlite (>= 1.5-2), Rcpp (< 3),',
      '    xml2 (>=',
      '      1.0)',
      'LinkingTo: Rcpp',
      'Suggests: testthat',
      'Remotes: r-lib/rlang',
    );
    expect(found).toEqual({
      name: 'minerals',
      r: '4.1',
      needs: [
        { name: 'dplyr' },
        { name: 'jsonlite', atLeast: '1.5-2' },
        { name: 'Rcpp' },
        { name: 'xml2', atLeast: '1.0' },
      ],
      unused: ['Remotes'],
    });
  });

  it.each([
    ['no field Package', 'Name: data'],
    ['prose', 'This directory holds measurements.'],
    ['nothing', ''],
    ['Package in a value', 'Title: x\n Package: a1'],
  ])('case 49: is not of R with %s', (_, text) => {
    expect(parse(text)).toBeUndefined();
  });

  it.each([
    ['Package: two words', 1, '"two words" is not a name'],
    ['Package: a1\nImports: b1,\n  c (> d)', 3, '"c (> d)" is not a package'],
    ['Package: a1\nImports: --all', 2, '"--all" is not a package'],
    ['Package: a1\nsome text', 2, '"some text" is not a field'],
  ])('refuses %j and says the line', (text, line, message) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({
        code: 'DETECT_R_INVALID',
        message: expect.stringContaining(`DESCRIPTION, line ${line}: ${message}`) as string,
      }),
    );
  });
});
