import { expect } from 'vitest';
import { solvedOf } from './conda-cases.ts';
import type { EdgeCase } from './edge-case.ts';

/** Languages beside Python. */
export const LANGUAGE_CASES: readonly EdgeCase[] = [
  {
    number: 40,
    title: 'environment.yml has packages of R and not R itself',
    verify: async ({ environment, buildConda, run }) => {
      const files = { 'environment.yml': 'dependencies: [r-ggplot2]\n' };
      expect(solvedOf(environment(files)).specs).toEqual(['r-ggplot2']);
      const { image, result } = await buildConda(files);
      expect(result).toMatchObject({ ok: true });
      const { output } = await run(image, ['sh', '-c', 'R; jupyter kernelspec list']);
      expect(output).toMatch(/^R from \/srv\/conda\/envs\/kernel$/m);
      expect(output).toMatch(/^ +ir +\/srv\/conda\/envs\/kernel\/share\/jupyter\/kernels\/ir$/m);
    },
  },
  {
    number: 41,
    title: 'runtime.txt names a runtime in a way that is easy to get wrong',
    verify: ({ environment, refusal }) => {
      expect(environment({ 'runtime.txt': 'r-4.5' })).toMatchObject({ r: { version: '4.5' } });
      for (const text of ['r-4.3', 'Python-3.11', 'julia-1.9', 'ruby-3.2', 'python 3.11', '3.11', ''])
        expect(refusal({ 'runtime.txt': text })).toMatchObject({
          code: expect.stringMatching(/^DETECT_RUNTIME_/) as string,
          message: expect.stringMatching(/^runtime\.txt/) as string,
        });
    },
  },
  {
    number: 48,
    title: 'install.R fails',
    verify: async ({ build }) => {
      const { log, result } = await build({ 'install.R': 'stop("it cannot be done")\n' });
      expect(result).toMatchObject({ ok: false, error: { code: expect.stringMatching(/^BUILD_/) as string } });
      expect(log).toContain('it cannot be done');
    },
  },
  {
    number: 49,
    title: 'a file DESCRIPTION that is not of R',
    verify: ({ environment, reasons }) => {
      const files = { DESCRIPTION: 'A project about rivers.\n', 'requirements.txt': 'six\n' };
      expect(environment(files)).toMatchObject({ files: [{ path: 'requirements.txt' }] });
      expect(environment(files)).not.toHaveProperty('r');
      expect(reasons(files)).toMatch(/^DESCRIPTION not used: /m);
      expect(environment({ DESCRIPTION: 'Package: near\nImports: jsonlite\n' })).toHaveProperty('r');
    },
  },
  {
    number: 50,
    title: 'Project.toml and Manifest.toml name versions of Julia',
    verify: ({ environment, refusal }) => {
      const julia = (compat: string, manifest?: string) =>
        environment({
          'Project.toml': `[compat]\njulia = "${compat}"\n`,
          ...(manifest === undefined ? {} : { 'Manifest.toml': `julia_version = "${manifest}"\n` }),
        }).julia?.version;
      expect(julia('1.9, 1.10')).toMatch(/^1\./);
      expect(julia('^1.6, <1.9')).toMatch(/^1\./);
      expect(julia('1.6 - 1.10')).toMatch(/^1\.10\./);
      expect(julia('~1.9')).toMatch(/^1\.9\./);
      expect(julia('1', '1.9.2')).toBe('1.9.2');
      expect(refusal({ 'Project.toml': '[compat]\njulia = "one"\n' })).toMatchObject({
        code: 'DETECT_JULIA_INVALID',
        message: expect.stringMatching(/^Project\.toml, line 2: /) as string,
      });
    },
  },
];
