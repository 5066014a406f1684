import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { detect } from '../../../../services/builder/detect/detect.ts';
import { makePlan } from '../../../../services/builder/plan/make-plan.ts';
import type { EnvironmentPlan } from '../../../../services/contracts/build-plan.ts';
import { createMemoryRepositoryFiles, type RepositoryTable } from '../../../support/memory-repository-files.ts';

const OPTIONS = { pythons: ['3.13', '3.11'], defaultPython: '3.13' };
const MD5 = 'cd'.repeat(16);
const SHA = 'ab'.repeat(32);
const PYTHON = 'https://example.org/c/linux-64/python-3.12.8-h1_0.conda';
const NUMPY = 'https://example.org/c/linux-64/numpy-2.2.1-h1_0.conda';

const planOf = (table: RepositoryTable): EnvironmentPlan => {
  const plan = makePlan(detect(createMemoryRepositoryFiles(table), OPTIONS));
  if (plan.kind !== 'environment') throw new Error('not an environment');
  return plan;
};
const winnerOf = (table: RepositoryTable) => planOf(table).evidence.find(({ used }) => used)?.file;
const reasonsOf = (table: RepositoryTable, file: string) =>
  planOf(table).evidence.flatMap((one) => (one.file === file ? [one.because] : []));

/** An entry of conda-lock.yml for the package at that address. */
const locked = (url: string, category = 'main') => {
  const [, name = '', version = ''] = /([\w]+)-([\d.]+)-[^/]+$/.exec(url) ?? [];
  return [
    `- name: ${name}`,
    `  version: '${version}'`,
    '  manager: conda',
    '  platform: linux-64',
    `  url: ${url}`,
    '  hash:',
    `    md5: ${MD5}`,
    `  category: ${category}`,
    '',
  ].join('\n');
};
const condaLock = (packages: string, metadata = '{sources: [environment.yml]}') =>
  `version: 1\nmetadata: ${metadata}\npackage:\n${packages}`;
const BOTH = locked(PYTHON) + locked(NUMPY);

const pixiLock = (references: string, packages: string) =>
  `version: 6\nenvironments:\n  default:\n    packages:\n      linux-64:\n${references}packages:\n${packages}`;
const PIXI = pixiLock(`      - conda: ${PYTHON}\n`, `- conda: ${PYTHON}\n  sha256: ${SHA}\n`);

describe('the order of locks and what they lock', () => {
  const all = {
    'conda-lock.yml': condaLock(BOTH),
    'conda-linux-64.lock': `@EXPLICIT\n${PYTHON}#${MD5}\n`,
    'environment.yml': 'dependencies: [numpy]',
    'requirements.txt': 'six',
    'pixi.lock': PIXI,
    'pixi.toml': '[workspace]\nchannels = ["conda-forge"]\n[dependencies]\nnumpy = "*"',
    'uv.lock': 'version = 1',
  };

  it('is conda-lock.yml, an explicit list, environment.yml, requirements.txt, pixi.lock, pixi.toml, then Python’s', () => {
    const files = Object.keys(all);
    const left = files.map((_, index) => Object.fromEntries(Object.entries(all).slice(index)));
    expect(left.map((table) => winnerOf(table))).toEqual([...files.slice(0, -1), 'uv.lock']);
  });

  it('is said of each', () => {
    expect(reasonsOf(all, 'environment.yml')).toEqual(['it is locked by conda-lock.yml']);
    expect(reasonsOf(all, 'pixi.lock')).toEqual(['conda-lock.yml is used instead']);
    expect(reasonsOf({ 'pixi.lock': PIXI, 'pixi.toml': all['pixi.toml'] }, 'pixi.toml')).toEqual([
      'it is locked by pixi.lock, which is out of date: it asks for numpy, which the lock does not have; run pixi lock',
    ]);
  });
});

describe('conda-lock.yml', () => {
  it.each([
    ['numpy', undefined],
    ['"numpy=2.2"', undefined],
    ['"numpy>=2,<3"', undefined],
    ['"numpy=2.3"', 'it asks for numpy=2.3, and the lock has 2.2.1'],
    ['"numpy<2"', 'it asks for numpy<2, and the lock has 2.2.1'],
    ['scipy', 'it asks for scipy, which the lock does not have'],
    ['pip: [six]', 'it asks for six, which the lock does not have'],
  ])('is out of date where environment.yml asks for %s: %s', (wanted, age) => {
    const table = { 'conda-lock.yml': condaLock(BOTH), 'environment.yml': `dependencies: [python, ${wanted}]` };
    const warning = age === undefined ? '' : `, which is out of date: ${age}; run conda-lock again`;
    expect(reasonsOf(table, 'environment.yml')).toEqual([`it is locked by conda-lock.yml${warning}`]);
  });

  it('is compared with the digest of its source where it notes one', () => {
    const text = 'dependencies: [scipy]\r\n';
    const digest = createHash('sha256').update('dependencies: [scipy]\n').digest('hex');
    const metadata = `{sources: [environment.yml], inputs_metadata: {environment.yml: {sha256: "${digest}"}}}`;
    const lock = condaLock(BOTH, metadata);
    expect(reasonsOf({ 'conda-lock.yml': lock, 'environment.yml': text }, 'environment.yml')).toEqual([
      'it is locked by conda-lock.yml',
    ]);
    const changed = { 'conda-lock.yml': lock, 'environment.yml': 'dependencies: [numpy]' };
    expect(reasonsOf(changed, 'environment.yml')).toEqual([
      'it is locked by conda-lock.yml, which is out of date: it was changed after the lock was written; run conda-lock again',
    ]);
  });

  it('gives the packages of main and dev, each once', () => {
    const more = locked(NUMPY.replace('numpy-2.2.1', 'ruff-1'), 'dev');
    const docs = locked(NUMPY.replace('numpy-2.2.1', 'sphinx-1'), 'docs');
    const plan = planOf({ 'conda-lock.yml': condaLock(BOTH + more + docs + locked(NUMPY, 'dev')) });
    expect(plan.conda).toEqual({
      kind: 'locked',
      file: 'conda-lock.yml.conda.txt',
      platform: 'linux-64',
      python: '3.12',
    });
    expect(plan.files).toEqual([
      {
        path: 'conda-lock.yml.conda.txt',
        text: `@EXPLICIT\n${PYTHON}#${MD5}\n${NUMPY}#${MD5}\n${NUMPY.replace('numpy-2.2.1', 'ruff-1')}#${MD5}\n`,
      },
    ]);
  });

  it.each([
    [condaLock(BOTH.replaceAll('linux-64', 'osx-64')), 'it has no packages for linux-64, only for "osx-64".'],
    [condaLock(BOTH).replace('version: 1', 'version: 2'), 'line 1: "version" must be equal to constant.'],
    [condaLock('- name: x\n'), 'line 4: "package.0" must have required properties version'],
    [condaLock(BOTH.replace(MD5, 'none')), 'line 4: "python" has no checksum.'],
    [condaLock(BOTH.replace(NUMPY, 'ftp://x')), 'line 12: "ftp://x" of "numpy" is not the http address'],
    [condaLock(BOTH + locked(NUMPY.replace('2.2.1', '1'))), 'it names "numpy" twice for linux-64.'],
    ['version: 1\npackage: [', 'line 2: it is not YAML'],
  ])('is refused with the place: %#', (text, message) => {
    expect(() => planOf({ 'conda-lock.yml': text })).toThrow(
      expect.objectContaining({
        code: 'DETECT_LOCK_INVALID',
        message: expect.stringContaining(
          `conda-lock.yml${message.startsWith('line') ? ', ' : ': '}${message}`,
        ) as string,
      }),
    );
  });

  it('says which command adds the platform', () => {
    expect(() => planOf({ 'conda-lock.yml': condaLock(BOTH.replaceAll('linux-64', 'osx-64')) })).toThrow(
      expect.objectContaining({
        hint: 'Run conda-lock lock --file environment.yml --platform osx-64 --platform linux-64 and commit the file.',
      }),
    );
  });
});

describe('an explicit list', () => {
  it.each([
    [`${PYTHON}\n`, 'conda-linux-64.lock: it has no line @EXPLICIT'],
    ['# platform: osx-64\n@EXPLICIT\n', 'conda-linux-64.lock, line 1: it is for "osx-64"; images are for linux-64.'],
    ['@EXPLICIT\nnumpy=1\n', 'conda-linux-64.lock, line 2: "numpy=1" is not the http address of a conda package.'],
    [
      `@EXPLICIT\n# pip six @ https://example.org/six-1-py3-none-any.whl --hash=sha256:${SHA}\n`,
      'conda-linux-64.lock: it names Python packages, but no python among those of conda.',
    ],
  ])('is refused with the place: %#', (text, message) => {
    expect(() => planOf({ 'conda-linux-64.lock': text })).toThrow(message);
  });

  it('says how many of its packages cannot be verified', () => {
    expect(
      reasonsOf({ 'conda-linux-64.lock': `@EXPLICIT\n${PYTHON}\n${NUMPY}#${MD5}\n` }, 'conda-linux-64.lock'),
    ).toEqual([
      'it says exactly which 2 packages are installed; 1 of them have no checksum, so what is downloaded is not verified',
    ]);
  });
});

describe('pixi.lock', () => {
  it.each([
    [PIXI.replace('version: 6', 'version: 3'), 'line 1: version "3" of the format is not known here; 4, 5, 6, 7 are.'],
    [PIXI.replace('default', 'other'), 'it has no environment "default", only "other".'],
    [PIXI.replace('linux-64:', 'win-64:'), 'it has no packages for linux-64, only for "win-64".'],
    [PIXI.replace('- conda', '- conda_source'), 'line 6: this package is built from its source'],
    [
      PIXI.replace(`packages:\n- conda: ${PYTHON}`, 'packages:\n- conda: x'),
      `line 6: "${PYTHON}" is not below packages.`,
    ],
    [PIXI.replace(SHA, 'x'), 'line 8: "python" has no checksum.'],
    [pixiLock('      - pypi: ./x\n', '- pypi: ./x\n'), 'line 8: "./x" has no name.'],
    [PIXI.replaceAll('linux-64/python', 'win-64/python'), 'line 8: '],
  ])('is refused with the place: %#', (text, message) => {
    expect(() => planOf({ 'pixi.lock': text })).toThrow(
      expect.objectContaining({
        code: 'DETECT_LOCK_INVALID',
        message: expect.stringContaining(`pixi.lock${message.startsWith('line') ? ', ' : ': '}${message}`) as string,
      }),
    );
  });

  it('may be larger than other configuration files', () => {
    const text = `${PIXI}# ${'x'.repeat(2 * 1024 * 1024)}\n`;
    expect(planOf({ 'pixi.lock': text }).conda).toMatchObject({ kind: 'locked' });
  });
});

describe('pixi.toml', () => {
  const read = (text: string) => planOf({ 'pixi.toml': `[workspace]\nchannels = ["conda-forge"]\n${text}` });
  const specs = (text: string) => {
    const { conda } = read(`[dependencies]\n${text}`);
    return conda?.kind === 'solve' ? conda.specs : undefined;
  };

  it.each([
    ['numpy = "*"', 'numpy'],
    ['numpy = ">=1, <2"', 'numpy >=1,<2'],
    ['numpy = "1.26.*"', 'numpy 1.26.*'],
    ['numpy = "1.26.4"', 'numpy ==1.26.4'],
    ['numpy = "~=1.26"', 'numpy ~=1.26'],
    ['numpy = { version = ">=1", channel = "bioconda" }', 'bioconda::numpy >=1'],
    ['numpy = { version = ">=1", build = "py*" }', "numpy[version='>=1',build='py*']"],
    ['numpy = { build-number = ">=1" }', "numpy[build_number='>=1']"],
    [`numpy = { url = "${NUMPY}", md5 = "${MD5}" }`, `${NUMPY}#${MD5}`],
  ])('%s asks conda for %s', (line, text) => {
    expect(specs(line)).toEqual([{ text, line: 4 }]);
  });

  it.each([
    ['[dependencies]\nx = { git = "https://example.org" }', 'line 4: "x" is built from its source'],
    ['[dependencies]\nx = 1', 'line 4: "x" must have a version'],
    ['[dependencies]\nx = "`id`"', 'line 4: "x `id`" is not a package.'],
    ['[pypi-dependencies]\nx = "1.0"', 'line 4: "x" has the version "1.0", which needs an operator.'],
    ['[pypi-dependencies]\nx = 1', 'line 4: "x" must have a version'],
    ['platforms = ["osx-64"]', 'line 3: its platforms are "osx-64"; images are for linux-64.'],
    ['[dependencies]\npython = "3.8.*"', 'line 4: "python 3.8.*" is not available'],
    ['[dependencies', 'line 3: it is not TOML'],
  ])('%j is refused with its line', (text, message) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({
        code: 'DETECT_PROJECT_INVALID',
        message: expect.stringContaining(`pixi.toml, ${message}`) as string,
      }),
    );
  });

  it('is read for the features of its default environment', () => {
    const text = '[dependencies]\na = "*"\n[feature.x.dependencies]\nb = "*"\n[feature.y.dependencies]\nc = "*"\n';
    const names = (environment: string) => {
      const { conda } = read(`${text}[environments]\n${environment}`);
      return conda?.kind === 'solve' ? conda.specs.map((spec) => spec.text) : [];
    };
    expect(names('other = ["x"]')).toEqual(['a']);
    expect(names('default = ["x"]')).toEqual(['a', 'b']);
    expect(names('default = { features = ["y"], no-default-feature = true }')).toEqual(['c']);
  });
});
