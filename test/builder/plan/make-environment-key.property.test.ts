import * as fc from 'fast-check';
import { chmod, mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { detect } from '../../../services/builder/detect/detect.ts';
import { createDirectoryRepositoryFiles } from '../../../services/builder/detect/directory-repository-files.ts';
import type { RepositoryFiles } from '../../../services/builder/detect/repository-files.ts';
import { makeEnvironmentKey } from '../../../services/builder/plan/make-environment-key.ts';
import { makePlan } from '../../../services/builder/plan/make-plan.ts';
import { createMemoryRepositoryFiles, type RepositoryTable } from '../../support/memory-repository-files.ts';

const OPTIONS = { pythons: ['3.13', '3.11'], defaultPython: '3.13', rRepository: 'https://cran.example.org/{date}' };
const BASE = { key: 'aa', platform: 'linux/amd64' };
const INDEX = 'https://index.example.org/simple';

const keyOfFiles = (files: RepositoryFiles): string => {
  const plan = makePlan(detect(files, OPTIONS));
  if (plan.kind !== 'environment') throw new Error('not an environment');
  return makeEnvironmentKey(plan, BASE);
};
const keyOf = (table: RepositoryTable): string => keyOfFiles(createMemoryRepositoryFiles(table));

/** A repository of one source that asks for a package of this name, at each place where the source can name one. */
type Source = {
  readonly name: string;
  readonly makes: readonly ((name: string) => Readonly<Record<string, string>>)[];
};

const PROJECT = '[project]\nname = "top"\nversion = "1"\n';

const DIGITS = 'ab'.repeat(32);
const addressOf = (name: string): string => `https://conda.anaconda.org/conda-forge/noarch/${name}-1-0.conda`;

/** The lock that is the same but for one package of conda or of Python. */
const renderCondaLock = (conda: string, python: string): string => {
  const locked = [
    { name: 'python', manager: 'conda', url: addressOf('python') },
    { name: conda, manager: 'conda', url: addressOf(conda) },
    { name: python, manager: 'pip', url: `https://files.example.org/${python}-1-py3-none-any.whl` },
  ];
  const more = {
    version: '1',
    dependencies: {},
    optional: false,
    platform: 'linux-64',
    hash: { sha256: DIGITS },
    category: 'main',
  };
  return JSON.stringify(
    { version: 1, metadata: { platforms: ['linux-64'] }, package: locked.map((one) => ({ ...one, ...more })) },
    null,
    1,
  );
};

const renderPixiLock = (name: string): string => {
  const found = { conda: addressOf(name) };
  const environments = { default: { channels: [], packages: { 'linux-64': [found] } } };
  return JSON.stringify({ version: 6, environments, packages: [{ ...found, sha256: DIGITS }] }, null, 1);
};

const PIXI = '[workspace]\nchannels = ["a"]\nplatforms = ["linux-64"]\n';

const SOURCES: readonly Source[] = [
  {
    name: 'requirements.txt, what it includes, and apt.txt',
    makes: [
      (name) => ({ 'requirements.txt': `${name}\n-r deps/a.txt\n`, 'deps/a.txt': 'idna\n', 'apt.txt': 'tree\n' }),
      (name) => ({ 'requirements.txt': '-r deps/a.txt\n', 'deps/a.txt': `${name}\n-c ../c.txt\n`, 'c.txt': 'six<2\n' }),
      (name) => ({ 'requirements.txt': 'six\n-c c.txt\n', 'c.txt': `${name}<2\n`, 'runtime.txt': 'python-3.11\n' }),
      (name) => ({ 'requirements.txt': 'six\n', 'apt.txt': `git\n${name}\n` }),
    ],
  },
  {
    name: 'a binder directory',
    makes: [
      (name) => ({ 'binder/requirements.txt': `${name}\n`, 'binder/apt.txt': 'tree\n' }),
      (name) => ({ '.binder/requirements.txt': '-r ../r.txt\n', 'r.txt': `${name}\n` }),
    ],
  },
  {
    name: 'environment.yml',
    makes: [
      (name) => ({ 'environment.yml': `channels:\n  - a\ndependencies:\n  - numpy\n  - ${name}\n` }),
      (name) => ({ 'environment.yml': `channels:\n  - ${name}\ndependencies:\n  - numpy\n` }),
      (name) => ({ 'environment.yml': `dependencies:\n  - pip\n  - pip:\n    - ${name}\n` }),
      (name) => ({ 'environment.yml': 'dependencies:\n  - pip:\n    - -r r.txt\n', 'r.txt': `${name}\n` }),
    ],
  },
  { name: 'pyproject.toml', makes: [(name) => ({ 'pyproject.toml': `${PROJECT}dependencies = ["${name}"]\n` })] },
  { name: 'Pipfile', makes: [(name) => ({ Pipfile: `[packages]\n${name} = "*"\n` })] },
  {
    name: 'Pipfile.lock',
    makes: [
      (name) => ({ 'Pipfile.lock': JSON.stringify({ _meta: {}, default: { [name]: { version: '==1' } } }, null, 2) }),
    ],
  },
  {
    name: 'uv.lock',
    makes: [
      (name) => ({
        'pyproject.toml': PROJECT,
        'uv.lock': `version = 1\n[[package]]\nname = "top"\nsource = { virtual = "." }\ndependencies = [{ name = "${name}" }]\n[[package]]\nname = "${name}"\nversion = "1"\nsource = { registry = "${INDEX}" }\n`,
      }),
    ],
  },
  {
    name: 'pylock.toml',
    makes: [(name) => ({ 'pylock.toml': `lock-version = "1.0"\n[[packages]]\nname = "${name}"\nversion = "1"\n` })],
  },
  {
    name: 'poetry.lock',
    makes: [
      (name) => ({
        'pyproject.toml': `[tool.poetry]\nname = "top"\n[tool.poetry.dependencies]\n${name} = "*"\n`,
        'poetry.lock': `[[package]]\nname = "${name}"\nversion = "1"\ngroups = ["main"]\n[metadata]\nlock-version = "2.1"\n`,
      }),
    ],
  },
  {
    name: 'conda-lock.yml',
    makes: [
      (name) => ({ 'conda-lock.yml': renderCondaLock(name, 'idna') }),
      (name) => ({ 'conda-lock.yml': renderCondaLock('tzdata', name) }),
    ],
  },
  {
    name: 'conda-linux-64.lock',
    makes: [(name) => ({ 'conda-linux-64.lock': `@EXPLICIT\n${addressOf(name)}#sha256:${DIGITS}\n` })],
  },
  { name: 'pixi.lock', makes: [(name) => ({ 'pixi.lock': renderPixiLock(name) })] },
  {
    name: 'pixi.toml',
    makes: [
      (name) => ({ 'pixi.toml': `${PIXI}[dependencies]\n${name} = "*"\n` }),
      (name) => ({ 'pixi.toml': `${PIXI}[dependencies]\nnumpy = "*"\n[pypi-dependencies]\n${name} = "*"\n` }),
    ],
  },
  { name: 'DESCRIPTION', makes: [(name) => ({ DESCRIPTION: `Package: near\nImports: ${name}\n` })] },
];

const packageName = fc
  .stringMatching(/^[b-z][a-z0-9]{1,8}$/)
  .filter((name) => !['tree', 'git', 'pip', 'top'].includes(name));

/** Names that no installation reads, with whatever content. */
const outside = fc.dictionary(
  fc.constantFrom(
    'analysis.ipynb',
    'README.md',
    'data/a.csv',
    'deps/b.txt',
    'start',
    'postBuild',
    'a.py',
    'docs/r.txt.bak',
  ),
  fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array({ maxLength: 40 })),
);

const mapTexts = (table: Readonly<Record<string, string>>, change: (text: string) => string): RepositoryTable =>
  Object.fromEntries(Object.entries(table).map(([path, text]) => [path, change(text)]));

const RUNS = { numRuns: 300 };

describe.each(SOURCES)('the key of an environment from $name', ({ makes }) => {
  it('stays when a file appears, changes or goes that the installation does not read', () => {
    fc.assert(
      fc.property(fc.constantFrom(...makes), packageName, outside, (make, name, others) => {
        expect(keyOf({ ...others, ...make(name) })).toBe(keyOf(make(name)));
      }),
      RUNS,
    );
  });

  it('moves with what is asked for, wherever it is named', () => {
    fc.assert(
      fc.property(fc.constantFrom(...makes), packageName, packageName, (make, one, other) => {
        expect(keyOf(make(one)) === keyOf(make(other))).toBe(one === other);
      }),
      RUNS,
    );
  });

  it('stays when line ends are those of Windows and a mark is at the start', () => {
    fc.assert(
      fc.property(fc.constantFrom(...makes), packageName, (make, name) => {
        const table = make(name);
        expect(keyOf(mapTexts(table, (text) => text.replaceAll('\n', '\r\n')))).toBe(keyOf(table));
        expect(keyOf(mapTexts(table, (text) => `\ufeff${text}`))).toBe(keyOf(table));
      }),
      RUNS,
    );
  });

  it('is another one for each place that names something', () => {
    const keys = makes.map((make) => keyOf(make('same')));
    expect(new Set(keys).size).toBe(makes.length);
  });
});

describe('the key of an environment with what runs after the content', () => {
  const asked = fc.tuple(packageName, packageName);

  it('stays whatever packages a project of Julia has: they are installed later', () => {
    const make = (name: string) => ({ 'Project.toml': `[deps]\n${name} = "00000000-0000-0000-0000-000000000000"\n` });
    fc.assert(
      fc.property(asked, ([one, other]) => {
        expect(keyOf(make(one))).toBe(keyOf(make(other)));
      }),
      RUNS,
    );
  });

  it('moves with the version of Julia, by its manifest or its range, and with where the project is', () => {
    const version = fc.constantFrom('1.8.5', '1.9.2', '1.9.4', '1.10.10');
    const place = fc.constantFrom('', 'binder/');
    const make = (julia: string, at: string) => ({
      [`${at}Project.toml`]: '[deps]\n[compat]\njulia = "1"\n',
      [`${at}Manifest.toml`]: `julia_version = "${julia}"\n`,
    });
    const ranges = (julia: string) => ({ 'Project.toml': `[compat]\njulia = "=${julia}"\n` });
    fc.assert(
      fc.property(fc.tuple(version, place), fc.tuple(version, place), ([one, here], [other, there]) => {
        expect(keyOf(make(one, here)) === keyOf(make(other, there))).toBe(one === other && here === there);
        expect(keyOf(ranges(one)) === keyOf(ranges(other))).toBe(one === other);
      }),
      RUNS,
    );
  });

  it('stays whatever a Nix file says, and moves with what <nixpkgs> stands for', () => {
    const keyWith = (text: string, nixpkgs: string): string => {
      const plan = makePlan(detect(createMemoryRepositoryFiles({ 'default.nix': text }), { ...OPTIONS, nixpkgs }));
      return plan.kind === 'environment' ? makeEnvironmentKey(plan, BASE) : '';
    };
    fc.assert(
      fc.property(asked, ([one, other]) => {
        expect(keyWith(one, INDEX)).toBe(keyWith(other, INDEX));
        expect(keyWith('a', `${INDEX}/${one}`) === keyWith('a', `${INDEX}/${other}`)).toBe(one === other);
      }),
      RUNS,
    );
  });
});

describe('the key of an environment from a directory', () => {
  let home = '';
  beforeAll(async () => void (home = await mkdtemp(join(tmpdir(), 'environment-key-'))));
  afterAll(() => rm(home, { recursive: true, force: true }));

  const modes = fc.constantFrom(0o600, 0o644, 0o664, 0o755, 0o400);

  it('does not depend on modes and times of its files', async () => {
    const files = { 'requirements.txt': '-r deps/a.txt\n', 'deps/a.txt': 'six\n', 'apt.txt': 'tree\n' };
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(home, path)), { recursive: true });
      await writeFile(join(home, path), text);
    }
    const key = keyOf(files);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(files)), modes, fc.nat(2 ** 30), async (path, mode, seconds) => {
        await chmod(join(home, path), mode);
        await utimes(join(home, path), seconds, seconds);
        expect(keyOfFiles(createDirectoryRepositoryFiles(home))).toBe(key);
      }),
      { numRuns: 100 },
    );
  });
});
