import { expect } from 'vitest';
import type { EnvironmentPlan } from '../../../services/contracts/build-plan.ts';
import type { EdgeCase } from './edge-case.ts';

/** What the solver is asked for. */
export const solvedOf = ({ conda }: EnvironmentPlan) => {
  if (conda?.kind !== 'solve') throw new Error('nothing is solved');
  return { channels: conda.channels, specs: conda.specs.map(({ text }) => text) };
};

const yml = (...dependencies: readonly string[]) => ({
  'environment.yml': `dependencies:\n${dependencies.map((one) => `  - ${one}\n`).join('')}`,
});

/** environment.yml, and which file wins beside it. */
export const CONDA_CASES: readonly EdgeCase[] = [
  {
    number: 31,
    title: 'the list below pip names places of the repository and another file',
    verify: ({ environment }) => {
      const files = {
        'environment.yml': 'dependencies:\n  - numpy\n  - pip:\n    - -e .\n    - -r r.txt\n    - ./sub\n',
        'r.txt': 'six\n',
        'setup.py': '',
        'sub/setup.py': '',
      };
      const plan = environment(files);
      const { files: staged, after } = plan;
      expect(solvedOf(plan).specs).toEqual(['numpy']);
      expect(staged.map(({ text }) => text).join('')).toMatch(/six/);
      expect(staged.map(({ text }) => text).join('')).not.toMatch(/-e |sub/);
      expect(after).toMatchObject([{ kind: 'local-packages' }]);
    },
  },
  {
    number: 32,
    title: 'environment.yml asks for nothing but packages of pip',
    verify: ({ environment }) => {
      const plan = environment({ 'environment.yml': 'dependencies:\n  - python=3.11\n  - pip\n  - pip:\n    - six\n' });
      expect(plan).toMatchObject({ python: '3.11', install: [{ kind: 'requirements' }] });
      expect(plan).not.toHaveProperty('conda');
    },
  },
  {
    number: 33,
    title: 'environment.yml has a name and a place of its own',
    verify: ({ environment, key }) => {
      const plain = yml('numpy');
      const named = { 'environment.yml': `name: mine\nprefix: /opt/mine\n${plain['environment.yml']}` };
      expect(key(named)).toBe(key(plain));
      expect(solvedOf(environment(named))).toEqual(solvedOf(environment(plain)));
    },
  },
  {
    number: 34,
    title: 'channels have an order, a package names its own, defaults stand for those of the operator',
    verify: ({ environment, key }) => {
      const withChannels = (channels: string, dependency = 'numpy') => ({
        'environment.yml': `channels: [${channels}]\ndependencies: [${dependency}]\n`,
      });
      const channelsOf = (channels: string, dependency?: string) =>
        solvedOf(environment(withChannels(channels, dependency))).channels;
      expect(channelsOf('b, a')).toEqual(['b', 'a', 'conda-forge']);
      expect(channelsOf('b, nodefaults')).toEqual(['b']);
      expect(channelsOf('defaults')).toEqual(['conda-forge']);
      expect(channelsOf('b', 'a::numpy')).toEqual(['b', 'conda-forge', 'a']);
      expect(key(withChannels('a, b'))).not.toBe(key(withChannels('b, a')));
      expect(environment(yml('conda-forge::python=3.11', 'numpy'))).toMatchObject({ python: '3.13', conda: {} });
    },
  },
  {
    number: 35,
    title: 'the version of Python is a range, or is written with a blank or a tilde',
    verify: ({ environment }) => {
      const pythonOf = (spec: string) => environment(yml(`"python${spec}"`)).python;
      expect(pythonOf('>=3.9,<3.12')).toBe('3.11');
      expect(pythonOf(' 3.11')).toBe('3.11');
      expect(pythonOf('~=3.11.0')).toBe('3.11');
      expect(pythonOf('=3.11|=3.10')).toBe('3.11');
    },
  },
  {
    number: 36,
    title: 'an exported environment names builds of one platform',
    verify: async ({ environment, buildConda }) => {
      const exported = yml('numpy=1.26.4=mac_0', 'greeter', 'appnope=0.1.4=pyhd8ed1ab_0');
      expect(solvedOf(environment(exported)).specs).toContain('appnope=0.1.4=pyhd8ed1ab_0');
      expect((await buildConda(exported)).result).toMatchObject({
        ok: false,
        error: {
          code: 'BUILD_PACKAGE_NOT_FOUND',
          message: [
            'environment.yml, line 2: numpy=1.26.4=mac_0 names a build for osx-64, write numpy=1.26.4. ',
            'environment.yml, line 4: appnope=0.1.4=pyhd8ed1ab_0 exists only for osx-64. ',
            'A list that `conda env export --from-history` writes fits every platform.',
          ].join(''),
        },
      });
    },
  },
  {
    number: 37,
    title: 'dependencies are nothing, a text, named twice, or a template',
    verify: ({ refusal }) => {
      const files = [
        'dependencies:\n',
        'dependencies: numpy\n',
        'dependencies: []\nname: a\nname: b\n',
        'dependencies:\n  - {{ x }}\n',
      ];
      for (const [index, text] of files.entries())
        expect(refusal({ 'environment.yml': text })).toMatchObject({
          code: 'DETECT_ENVIRONMENT_INVALID',
          message: expect.stringMatching(new RegExp(`^environment.yml, line ${[1, 1, 3, 2][index]}: `)) as string,
        });
    },
  },
  {
    number: 38,
    title: 'there are environment.yml and environment.yaml',
    verify: ({ reasons }) => {
      const both = reasons({ ...yml('numpy'), 'environment.yaml': 'dependencies: [scipy]\n' });
      expect(both).toMatch(/^environment.yml used: /m);
      expect(both).toMatch(/^environment.yaml not used: environment.yml is used instead$/m);
    },
  },
  {
    number: 39,
    title: 'environment.yml stands beside the files of other tools',
    verify: ({ reasons }) => {
      const all = reasons({ ...yml('numpy'), 'requirements.txt': 'six\n', Pipfile: '', 'setup.py': '' });
      expect(all).toMatch(/^environment.yml used: /m);
      for (const file of ['requirements.txt', 'Pipfile', 'setup.py'])
        expect(all).toContain(`${file} not used: environment.yml is used instead`);
    },
  },
];
