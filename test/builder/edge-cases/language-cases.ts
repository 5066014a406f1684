import { expect } from 'vitest';
import type { EdgeCase } from './edge-case.ts';

/** Languages beside Python. */
export const LANGUAGE_CASES: readonly EdgeCase[] = [
  {
    number: 40,
    title: 'environment.yml has packages of R and not R itself',
    verify: ({ environment }) => {
      const { conda } = environment({ 'environment.yml': 'dependencies: [r-ggplot2]\n' });
      expect(conda?.specs).toEqual(expect.arrayContaining(['r-ggplot2']));
    },
  },
  {
    number: 41,
    title: 'runtime.txt names a runtime in a way that is easy to get wrong',
    verify: ({ refusal }) => {
      for (const text of ['Python-3.11', 'julia-1.9', 'ruby-3.2', 'python 3.11', '3.11', ''])
        expect(refusal({ 'runtime.txt': text })).toMatchObject({
          code: expect.stringMatching(/^DETECT_RUNTIME_/) as string,
          message: expect.stringMatching(/^runtime\.txt/) as string,
        });
    },
  },
  ...[
    { number: 48, title: 'install.R fails' },
    { number: 49, title: 'a file DESCRIPTION that is not of R' },
    { number: 50, title: 'Project.toml and Manifest.toml name versions of Julia' },
  ].map((row) => ({ ...row, skip: 'R and Julia are being added', verify: () => undefined })),
];
