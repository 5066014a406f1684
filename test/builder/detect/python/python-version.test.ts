import { describe, expect, it } from 'vitest';
import { choosePythonVersion } from '../../../../services/builder/detect/python/python-version.ts';
import { createMemoryRepositoryFiles } from '../../../support/memory-repository-files.ts';

const OFFERED = ['3.13', '3.12', '3.12.1', '3.11.9', '3.11.4', '3.9'];

type Asking = { readonly runtime?: string; readonly range?: string; readonly pythons?: readonly string[] };

const choose = ({ runtime, range, pythons = OFFERED }: Asking) =>
  choosePythonVersion(
    {
      files: createMemoryRepositoryFiles(runtime === undefined ? {} : { 'runtime.txt': runtime }),
      directory: '',
      pythons,
      defaultPython: '3.13',
    },
    range === undefined ? undefined : { file: 'pyproject.toml', line: 2, text: range, ranges: [range] },
  );

describe('the Python version of a repository', () => {
  it.each([
    ['python-3.12', '3.12', 'it asks for Python 3.12'],
    ['python-3.12.1', '3.12.1', 'it asks for Python 3.12.1'],
    ['python-3.12.7', '3.12', 'it asks for Python 3.12.7; the newest 3.12 of this server is used'],
    ['python-3.11', '3.11.9', 'it asks for Python 3.11; Python 3.11.9 is used'],
    ['python-3.11.4', '3.11.4', 'it asks for Python 3.11.4'],
    ['python-3.11.5', '3.11.9', 'it asks for Python 3.11.5; Python 3.11.9 is used'],
  ])('is of %s exactly what is offered, else the nearest, with a note: %s', (runtime, python, because) => {
    expect(choose({ runtime })).toEqual({ python, evidence: [{ file: 'runtime.txt', used: true, because }] });
  });

  it.each([
    ['>=3.8', '3.13'],
    ['>=3.9,<3.13', '3.12'],
    ['<3.12', '3.11.9'],
    ['==3.12.1', '3.12.1'],
    ['==3.12.4', '3.12'],
    ['~=3.12.1', '3.12'],
    ['<=3.11.5', '3.11.4'],
    ['<3.11', '3.9'],
  ])('is for requires-python %s the default, else what is nearest to it: %s', (range, python) => {
    expect(choose({ range }).python).toBe(python);
  });

  it('stays what it was when a server offers more versions that are further from its default', () => {
    const range = '>=3.9,<3.13';
    const before = choose({ range, pythons: ['3.13', '3.12', '3.11'] }).python;
    expect(choose({ range, pythons: ['3.15', '3.14', '3.13', '3.12', '3.11', '3.10', '3.9'] }).python).toBe(before);
    expect(choose({ range: '!=3.13.*', pythons: ['3.14', '3.13', '3.12'] }).python).toBe('3.12');
  });

  it('that is not offered names those that are, and what an operator can do', () => {
    expect(() => choose({ runtime: 'python-3.10' })).toThrow(
      expect.objectContaining({
        code: 'DETECT_RUNTIME_UNSUPPORTED',
        message: `runtime.txt: python-3.10 is not available; this server has ${OFFERED.map((one) => `python-${one}`).join(', ')}.`,
        hint: 'Write one line: python-3.13. The operator can offer 3.10 (base.pythons).',
      }) as Error,
    );
    expect(() => choose({ runtime: 'python-2.7' })).toThrow(
      expect.objectContaining({ hint: 'Write one line: python-3.13' }) as Error,
    );
    expect(() => choose({ range: '==3.10.*' })).toThrow(
      expect.objectContaining({
        code: 'DETECT_PYTHON_UNSUPPORTED',
        message: expect.stringContaining('pyproject.toml, line 2') as string,
        hint: 'Allow one of them; the operator can offer others (base.pythons).',
      }) as Error,
    );
  });
});
