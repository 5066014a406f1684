import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EnvironmentPlan } from '../../../services/contracts/build-plan.ts';
import { detect } from '../../../services/builder/detect/detect.ts';
import { makeEnvironmentKey } from '../../../services/builder/plan/make-environment-key.ts';
import { makePlan } from '../../../services/builder/plan/make-plan.ts';
import { createMemoryRepositoryFiles, type RepositoryTable } from '../../support/memory-repository-files.ts';

const BASE = { key: 'aa', platform: 'linux/amd64' };
const REPOSITORY = {
  'requirements.txt': 'six\n-r deps/a.txt\n-e .\n',
  'deps/a.txt': 'idna\n-c ../c.txt\n',
  'c.txt': 'six<2\n',
  'apt.txt': 'tree\n',
  'runtime.txt': 'python-3.11\n',
  'setup.py': '',
};

const planOf = (table: RepositoryTable): EnvironmentPlan => {
  const plan = makePlan(
    detect(createMemoryRepositoryFiles(table), { pythons: ['3.13', '3.11'], defaultPython: '3.13' }),
  );
  if (plan.kind !== 'environment') throw new Error('not an environment');
  return plan;
};
const keyOfPlan = (plan: EnvironmentPlan) => makeEnvironmentKey(plan, BASE);
const keyOf = (table: RepositoryTable) => keyOfPlan(planOf(table));
const key = keyOf(REPOSITORY);

/** How one text is divided between the packages of Debian and the files of a plan. */
type Division = { readonly apt: number; readonly files: number; readonly cuts: readonly number[] };

describe('makeEnvironmentKey', () => {
  it('is 32 hexadecimal digits, the same for the same inputs', () => {
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(keyOf({ ...REPOSITORY })).toBe(key);
  });

  it('is of conda packages and their channels, in order', () => {
    const keyOfYml = (channels: string, packages: string) =>
      keyOf({ 'environment.yml': `channels: [${channels}]\ndependencies: [${packages}]\n` });
    const keys = [
      keyOfYml('a, b', 'numpy, scipy'),
      keyOfYml('b, a', 'numpy, scipy'),
      keyOfYml('a', 'numpy, scipy'),
      keyOfYml('a, b', 'numpy'),
      keyOfYml('a, b', 'numpy, "scipy=1"'),
      keyOfYml('a, b', 'pip'),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keyOfYml('a,b', '"numpy ", SciPy')).toBe(keys[0]);
  });

  it('is of R, its repository and what DESCRIPTION and renv.lock need, of Julia and of nixpkgs', () => {
    const options = { pythons: ['3.13', '3.11'], defaultPython: '3.13' };
    const keyWith = (table: RepositoryTable, more: { rRepository?: string; nixpkgs?: string } = {}) => {
      const plan = makePlan(detect(createMemoryRepositoryFiles(table), { ...options, ...more }));
      if (plan.kind !== 'environment') throw new Error('not an environment');
      return makeEnvironmentKey(plan, BASE);
    };
    const lock = (version: string) => JSON.stringify({ Packages: { aa: { Package: 'aa', Version: version } } });
    const dated = { rRepository: 'https://r.example.org/{date}' };
    const keys = [
      keyWith({ 'install.R': '' }),
      keyWith({ 'install.R': '' }, dated),
      keyWith({ 'runtime.txt': 'r-2026-01-10' }, dated),
      keyWith({ 'runtime.txt': 'r-2026-01-11' }, dated),
      keyWith({ 'runtime.txt': 'r-4.2' }),
      keyWith({ DESCRIPTION: 'Package: aa\nImports: bb\n' }),
      keyWith({ DESCRIPTION: 'Package: aa\nImports: bb (>= 2)\n' }),
      keyWith({ 'renv.lock': lock('1') }, dated),
      keyWith({ 'renv.lock': lock('2') }, dated),
      keyWith({ 'Project.toml': '' }),
      keyWith({ 'Project.toml': '[compat]\njulia = "~1.10"\n' }),
      keyWith({ 'default.nix': '' }, { nixpkgs: 'https://nix.example.org/a' }),
      keyWith({ 'default.nix': '' }, { nixpkgs: 'https://nix.example.org/b' }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keyWith({ 'install.R': 'library(x)' })).toBe(keys[0]);
    expect(keyWith({ 'Project.toml': '[deps]\n' })).toBe(keys[9]);
    expect(keyWith({ 'default.nix': '{ }' }, { nixpkgs: 'https://nix.example.org/a' })).toBe(keys[11]);
  });

  it('stays when a file outside of the installation changes, appears or goes', () => {
    const names = fc.constantFrom(
      'analysis.ipynb',
      'README.md',
      'setup.py',
      'deps/b.txt',
      'deps/a.txt.bak',
      'start',
      'postBuild',
    );
    fc.assert(
      fc.property(fc.dictionary(names, fc.string({ unit: 'grapheme' })), (changes) => {
        expect(keyOf({ ...REPOSITORY, ...changes })).toBe(key);
      }),
      { numRuns: 100 },
    );
  });

  it('stays when only the spelling of what is installed changes', () => {
    const spellings = fc.record({
      'requirements.txt': fc.constantFrom(
        'six\n-r deps/a.txt\n-e .',
        '# hi\nsix # x\r\n\r\n-rdeps/a.txt\r\n--editable=.',
        '\ufeffsix\n-r ./deps/../deps/a.txt\n-e ./\n',
      ),
      'c.txt': fc.constantFrom('six<2', Buffer.from('six<2 # ü', 'latin1'), Buffer.from('\ufeffsix<2\r\n', 'utf16le')),
      'apt.txt': fc.constantFrom('tree', 'tree tree # x', '\ufefftree\r\n'),
      'runtime.txt': fc.constantFrom('python-3.11', ' python-3.11.2\r\n'),
    });
    fc.assert(
      fc.property(spellings, (spelling) => {
        expect(keyOf({ ...REPOSITORY, ...spelling })).toBe(key);
      }),
      { numRuns: 100 },
    );
  });

  it('moves when the meaning of a file inside of the installation changes', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{1,8}$/);
    const file = fc.constantFrom('requirements.txt', 'deps/a.txt', 'c.txt', 'apt.txt');
    fc.assert(
      fc.property(file, name, (file, name) => {
        fc.pre(name !== 'tree');
        expect(keyOf({ ...REPOSITORY, [file]: `${REPOSITORY[file]}${name}\n` })).not.toBe(key);
      }),
      { numRuns: 100 },
    );
    expect(keyOf({ ...REPOSITORY, 'runtime.txt': 'python-3.13' })).not.toBe(key);
    expect(keyOf({ ...REPOSITORY, 'runtime.txt': 'python-3.11-2024-01-10' })).not.toBe(key);
    expect(keyOf({ ...REPOSITORY, 'requirements.txt': `--pre\n${REPOSITORY['requirements.txt']}` })).not.toBe(key);
  });

  it('moves with the base, the platform and the recipe', () => {
    const plan = planOf(REPOSITORY);
    const keys = [
      key,
      makeEnvironmentKey(plan, { ...BASE, key: 'ab' }),
      makeEnvironmentKey(plan, { ...BASE, platform: 'linux/arm64' }),
      makeEnvironmentKey({ ...plan, recipe: 'other' }, BASE),
      makeEnvironmentKey(plan, { ...BASE, period: 0 }),
      makeEnvironmentKey(plan, { ...BASE, period: 1 }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('cannot be met by moving text between neighbours', () => {
    const empty = planOf({});
    const text = fc.string({ unit: fc.constantFrom('a', 'ü', '\0', '\n', '"', ','), minLength: 1, maxLength: 6 });
    const cuts = fc.array(fc.nat(6), { minLength: 5, maxLength: 5 });
    const division = fc.record({ apt: fc.nat(2), files: fc.integer({ min: 1, max: 2 }), cuts });
    const divide = (whole: string, { apt, files, cuts }: Division) => {
      const ends = cuts.slice(0, apt + 2 * files - 1).toSorted((a, b) => a - b);
      const parts = [...ends, whole.length].map((end, index) => whole.slice(index === 0 ? 0 : ends[index - 1], end));
      const pairs = Array.from({ length: files }, (_, index) => parts.slice(apt + 2 * index));
      return { apt: parts.slice(0, apt), files: pairs.map(([path = '', text = '']) => ({ path, text })) };
    };
    fc.assert(
      fc.property(text, division, division, (whole, one, other) => {
        const [these, those] = [divide(whole, one), divide(whole, other)];
        const areEqual = keyOfPlan({ ...empty, ...these }) === keyOfPlan({ ...empty, ...those });
        expect(areEqual).toBe(JSON.stringify(these) === JSON.stringify(those));
      }),
      { numRuns: 500 },
    );
  });

  it('of a project moves with what it needs, and not with the rest of pyproject.toml', () => {
    const keyFor = (dependency: string, version: string, line: string) =>
      keyOf({
        'pyproject.toml': `[project]\nname = "x"\nversion = "${version}"\ndependencies = ["${dependency}"]\n[build-system]\n[tool.x]\ny = 1 # ${line}\n`,
      });
    const first = keyFor('six', '1', '');
    const name = fc.stringMatching(/^[a-z][a-z0-9]{1,8}$/);
    fc.assert(
      fc.property(name, name, (one, other) => {
        expect(keyFor('six', one, other)).toBe(first);
        expect(keyFor(one, '1', '') === first).toBe(one === 'six');
      }),
      { numRuns: 100 },
    );
  });
});
