import { describe, expect, it } from 'vitest';
import { readR } from '../../../../services/builder/detect/r/read-r.ts';
import { createMemoryRepositoryFiles, type RepositoryTable } from '../../../support/memory-repository-files.ts';

const read = (table: RepositoryTable, rRepository = 'https://cran.example.org/{date}') =>
  readR({
    files: createMemoryRepositoryFiles(table),
    directory: '',
    pythons: ['3.13', '3.12', '3.11'],
    defaultPython: '3.13',
    rRepository,
  });

const LOCK = JSON.stringify({ R: { Version: '4.2.3' }, Packages: { a: { Package: 'a', Version: '1' } } });

describe('readR', () => {
  it.each([
    ['r-4.5', '4.5', ['3.13', '3.12']],
    ['r-4.2', '4.2', ['3.11']],
    ['r-4.2.2', '4.2', ['3.11']],
    ['r-4', '4.5', ['3.13', '3.12']],
    ['r-4.5-2026-01-10', '4.5', ['3.13', '3.12']],
    ['r-2026-01-10', '4.5', ['3.13', '3.12']],
  ])('case 41: does what runtime.txt asks for: %s', (line, version, pythons) => {
    expect(read({ 'runtime.txt': `${line}\n` })).toMatchObject({ r: { version }, pythons });
  });

  it.each([
    ['r-4.3', 'DETECT_RUNTIME_UNSUPPORTED', 'R 4.3 is not available; this server has R 4.5, 4.2'],
    ['r-3.6-2024-01-10', 'DETECT_RUNTIME_UNSUPPORTED', 'R 3.6 is not available'],
    ['r-4.5-2024-13-45', 'DETECT_RUNTIME_INVALID', '2024-13-45 is not a day'],
  ])('case 41: says why it cannot do %s', (line, code, message) => {
    expect(() => read({ 'runtime.txt': line })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });

  it.each(['python-3.11', 'R-4.5', 'r', 'r-', 'julia-1.9'])('leaves %j in runtime.txt to others', (line) => {
    expect(read({ 'runtime.txt': line })).toBeUndefined();
  });

  it('case 81: finds the day whose packages are asked for, or none', () => {
    expect(read({ 'install.R': '' })?.r).not.toHaveProperty('asOf');
    const dated = read({ 'runtime.txt': 'r-2026-01-10' });
    expect(dated?.r).toMatchObject({ repository: 'https://cran.example.org/{date}', asOf: '2026-01-10' });
  });

  it('says that a day cannot be kept to without snapshots', () => {
    const found = read({ 'runtime.txt': 'r-4.5-2026-01-10' }, 'https://cran.example.org');
    expect(found?.r).toMatchObject({ repository: 'https://cran.example.org' });
    expect(found?.evidence[1]).toMatchObject({
      used: false,
      because: expect.stringContaining('no snapshots') as string,
    });
  });

  it('restores renv.lock where there is a repository, with the R that it was written with', () => {
    expect(read({ 'renv.lock': LOCK })).toMatchObject({ r: { version: '4.2', lock: { file: 'renv.lock' } } });
    const without = read({ 'renv.lock': LOCK }, '');
    expect(without?.r).not.toHaveProperty('lock');
    expect(without?.evidence).toEqual([
      { file: 'renv.lock', used: false, because: expect.stringContaining('build.rRepository') as string },
    ]);
  });

  it('takes an R that the package can use', () => {
    expect(read({ DESCRIPTION: 'Package: a1\nDepends: R (>= 4.0)\n', 'renv.lock': LOCK })?.r.version).toBe('4.2');
    expect(() => read({ DESCRIPTION: 'Package: a1\nDepends: R (>= 4.4)\n', 'runtime.txt': 'r-4.2' })).toThrow(
      expect.objectContaining({ code: 'DETECT_R_INVALID' }),
    );
  });
});
