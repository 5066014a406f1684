import { describe, expect, it } from 'vitest';
import { detect } from '../../../../services/builder/detect/detect.ts';
import { makePlan } from '../../../../services/builder/plan/make-plan.ts';
import type { EnvironmentPlan } from '../../../../services/contracts/build-plan.ts';
import { createMemoryRepositoryFiles, type RepositoryTable } from '../../../support/memory-repository-files.ts';

const planOf = (table: RepositoryTable): EnvironmentPlan => {
  const options = { pythons: ['3.13', '3.11'], defaultPython: '3.13' };
  const plan = makePlan(detect(createMemoryRepositoryFiles(table), options));
  if (plan.kind !== 'environment') throw new Error('not an environment');
  return plan;
};

const planOfYml = (text: string, others: RepositoryTable = {}) => planOf({ ...others, 'environment.yml': text });

const evidenceOf = (plan: EnvironmentPlan, file: string) =>
  plan.evidence.filter((one) => one.file === file).map(({ because }) => because);

/** The numbers are those of the list of edge cases that the builder is measured by. */
describe('environment.yml', () => {
  it('case 31: below pip: -r is followed, and what names the repository waits for the content', () => {
    const plan = planOfYml('dependencies: [numpy, pip: [-e ., -r deps/r.txt, ./sub, six]]', {
      'setup.py': '',
      'sub/setup.py': '',
      'deps/r.txt': 'idna\n',
    });
    expect(plan.files).toEqual([
      { path: 'deps/r.txt', text: 'idna\n' },
      { path: 'environment.yml.pip.txt', text: '--requirement deps/r.txt\nsix\n' },
    ]);
    expect(plan.after).toMatchObject([
      {
        kind: 'local-packages',
        files: [
          { path: 'deps/r.txt', text: 'idna\n' },
          { path: 'environment.yml.pip.txt', text: '-e .\n--requirement deps/r.txt\n./sub\nsix\n' },
        ],
      },
    ]);
  });

  it('case 32: with only Python and pip packages it needs no conda', () => {
    const plan = planOfYml('channels: [conda-forge]\ndependencies: [python=3.11, pip, pip: [six]]');
    expect(plan).toMatchObject({ python: '3.11', install: [{ file: 'environment.yml.pip.txt' }] });
    expect(plan.conda).toBeUndefined();
  });

  it('case 33: name and prefix make no difference', () => {
    const text = 'dependencies: [numpy]\n';
    const { evidence: _one, ...plan } = planOfYml(`${text}name: x\nprefix: /Users/me/envs/x\n`);
    const { evidence: _other, ...same } = planOfYml(text);
    expect(plan).toEqual(same);
  });

  it.each([
    ['[bioconda, defaults]', ['bioconda', 'conda-forge']],
    ['[defaults, bioconda]', ['conda-forge', 'bioconda']],
    ['[bioconda, nodefaults]', ['bioconda']],
    ['[nodefaults]', ['conda-forge']],
    ['[b, a]', ['b', 'a', 'conda-forge']],
  ])('case 34: the channels %s are asked in the order %s', (channels, order) => {
    expect(planOfYml(`channels: ${channels}\ndependencies: [numpy]`).conda).toMatchObject({ channels: order });
  });

  it('case 34: a package may name its channel, and so may Python', () => {
    const { conda } = planOfYml('dependencies: ["conda-forge::python=3.11", "bioconda::samtools"]');
    expect(conda).toMatchObject({
      channels: ['conda-forge', 'bioconda'],
      specs: [{ text: 'conda-forge::python=3.11' }, { text: 'bioconda::samtools' }],
    });
    expect(planOfYml('dependencies: ["conda-forge::python=3.11"]').python).toBe('3.11');
  });

  it.each([
    'python>=3.9,<3.12',
    'python 3.11',
    'python~=3.11.0',
    'python=3.11.*',
    'python==3.11.4',
    'python=3.10|3.11',
  ])('case 35: %s chooses a Python of the server, or is what conda is asked for', (spec) => {
    expect(planOfYml(`dependencies: ["${spec}"]`).python).toBe('3.11');
    expect(planOfYml(`dependencies: ["${spec}", numpy]`).conda).toMatchObject({ specs: [{ text: spec }, {}] });
  });

  it('case 36: the lines of an export that name builds are named', () => {
    const plan = planOfYml('dependencies:\n  - numpy=1.26.4=py311h64a7726_0\n  - pip=24\n  - zlib 1.3.1 h1_0\n');
    expect(evidenceOf(plan, 'environment.yml')).toEqual([
      expect.stringMatching(/; lines 2 to 4 of it may name a build, which fits one platform only$/),
    ]);
  });

  it.each([
    ['dependencies:', 'environment.yml, line 1: dependencies must be a list.'],
    ['dependencies: numpy', 'environment.yml, line 1: dependencies must be a list.'],
    ['name: a\ndependencies: []\nname: b', 'environment.yml, line 3: it is not YAML: Map keys must be unique'],
    [
      'dependencies:\n  - {{ package }}',
      'environment.yml, line 2: each dependency must be a package or pip: with a list',
    ],
  ])('case 37: %j is refused with its line', (text, message) => {
    expect(() => planOfYml(text)).toThrow(message);
  });

  it('case 38: of environment.yml and environment.yaml the first is used, which is said', () => {
    const plan = planOfYml('dependencies: [pip: [idna]]', { 'environment.yaml': 'dependencies: [pip: [six]]' });
    expect(plan.files).toEqual([{ path: 'environment.yml.pip.txt', text: 'idna\n' }]);
    expect(evidenceOf(plan, 'environment.yaml')).toEqual(['environment.yml is used instead']);
    expect(planOf({ 'environment.yaml': 'dependencies: [pip: [six]]' }).files).toEqual([
      { path: 'environment.yaml.pip.txt', text: 'six\n' },
    ]);
  });
});
