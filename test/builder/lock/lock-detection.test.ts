import { describe, expect, it } from 'vitest';
import { detect } from '../../../services/builder/detect/detect.ts';
import { renderCommitDockerfile } from '../../../services/builder/dockerfile/commit-dockerfile.ts';
import { compareLocks } from '../../../services/builder/lock/compare-locks.ts';
import { lockDetection } from '../../../services/builder/lock/lock-detection.ts';
import { makePlan } from '../../../services/builder/plan/make-plan.ts';
import type { EnvironmentPlan } from '../../../services/contracts/build-plan.ts';
import type { Lock } from '../../../services/contracts/lock.ts';
import { createMemoryRepositoryFiles, type RepositoryTable } from '../../support/memory-repository-files.ts';

const HASH = 'a'.repeat(64);
const COMMIT = 'c'.repeat(40);
const LOCK: Lock = {
  version: 1,
  recipe: '1',
  platform: 'linux/amd64',
  interpreter: '3.13.5',
  wish: 'w',
  base: { key: 'b', debian: [], python: [] },
  debian: [
    { name: 'libx', version: '1:2-3', architecture: 'i386' },
    { name: 'tree', version: '2.2-1', architecture: 'amd64' },
  ],
  python: [{ name: 'six', version: '1.17.0', sha256: HASH }],
};

const planOf = (table: RepositoryTable, changed: Partial<Lock> = {}): EnvironmentPlan => {
  const files = createMemoryRepositoryFiles(table);
  const detection = detect(files, { pythons: ['3.13'], defaultPython: '3.13', condaChannels: ['conda-forge'] });
  if (detection.kind !== 'environment') throw new Error('not an environment');
  const plan = makePlan(lockDetection(detection, { ...LOCK, ...changed }));
  if (plan.kind !== 'environment') throw new Error('not an environment');
  return plan;
};

describe('a locked repository', () => {
  it('has exactly the packages of Julia that its manifest names, or says that none are locked', () => {
    const project = { 'Project.toml': '[deps]\n' };
    const locked = planOf({ ...project, 'Manifest.toml': 'julia_version = "1.9.2"\n' });
    expect(locked).toMatchObject({ julia: { version: '1.9.2' }, after: [{ kind: 'julia-packages', exact: true }] });
    const options = { environment: 'environment', caBundle: false, index: false };
    expect(renderCommitDockerfile(locked, options)).toContain('; Pkg.instantiate()');
    expect(renderCommitDockerfile(locked, options)).not.toContain('Pkg.resolve');
    const open = planOf(project);
    expect(open.after).toEqual([{ kind: 'julia-packages' }]);
    expect(open.evidence.at(-1)).toMatchObject({ file: 'Manifest.toml', used: false });
    expect(renderCommitDockerfile(open, options)).toContain('Pkg.resolve');
  });

  it('installs exactly the versions of the lock, with their hashes and nothing that they need', () => {
    const plan = planOf({
      'requirements.txt': '--extra-index-url https://example.org/simple\nsix>1\n',
      'apt.txt': 'tree',
    });
    expect(plan.apt).toEqual(['libx:i386=1:2-3', 'tree=2.2-1']);
    expect(plan.install).toEqual([
      {
        kind: 'requirements',
        file: '.locked/requirements.txt',
        prerelease: false,
        ownIndex: false,
        noDependencies: true,
      },
    ]);
    expect(plan.files).toEqual([
      {
        path: '.locked/requirements.txt',
        text: `--require-hashes\n--extra-index-url https://example.org/simple\nsix==1.17.0 --hash=sha256:${HASH}\n`,
      },
    ]);
    expect(plan.after).toEqual([]);
  });

  it('names commits and archives, with which not all can have a hash', () => {
    const python: Lock['python'] = [
      { name: 'x', version: '1', git: 'https://example.org/x', commit: COMMIT, subdirectory: 'sub' },
      { name: 'y', version: '1', archive: 'https://example.org/y.zip', sha256: HASH },
      { name: 'z', version: '1' },
    ];
    expect(planOf({ 'requirements.txt': 'x @ git+https://example.org/x@main\n' }, { python }).files[0]?.text).toBe(
      [
        `x @ git+https://example.org/x@${COMMIT}#subdirectory=sub`,
        `y @ https://example.org/y.zip#sha256=${HASH}`,
        'z==1',
        '',
      ].join('\n'),
    );
  });

  it('installs what is of the repository after the content, by itself', () => {
    const table = {
      'requirements.txt': 'six\n-e .\n-r more.txt\n',
      'more.txt': 'idna\n./sub\n',
      'setup.py': '',
      'sub/setup.py': '',
    };
    const python: Lock['python'] = [...LOCK.python, { name: 'local', version: '1', local: true }];
    const plan = planOf(table, { python });
    expect(plan.files.map(({ text }) => text)).toEqual([`--require-hashes\nsix==1.17.0 --hash=sha256:${HASH}\n`]);
    expect(plan.after).toMatchObject([
      {
        kind: 'local-packages',
        install: { file: 'requirements.txt', noDependencies: true },
        files: [{ text: './sub\n' }, { text: '-e .\n--requirement more.txt\n' }],
      },
    ]);
    expect(planOf({ 'setup.py': '' }).after).toMatchObject([{ install: { noDependencies: true } }]);
  });

  it('leaves packages that a directory of the repository brings to the content', () => {
    const table = { 'requirements.txt': '--find-links ./wheels\nown\nsix\n', 'wheels/own-1-py3-none-any.whl': '' };
    const plan = planOf(table, { python: [{ name: 'own', version: '1' }, ...LOCK.python] });
    expect(plan.files.map(({ text }) => text)).toEqual([`--require-hashes\nsix==1.17.0 --hash=sha256:${HASH}\n`]);
    expect(plan.after).toMatchObject([{ kind: 'local-packages', files: [{ text: expect.stringContaining('own\n') }] }]);
  });

  it('names conda packages by address and checksum', () => {
    const url = 'https://conda.example/first/noarch/greeter-1.0-py_0.conda';
    const conda: Lock['conda'] = [{ name: 'greeter', version: '1.0', build: 'py_0', url, sha256: HASH }];
    const plan = planOf({ 'environment.yml': 'dependencies: [greeter]\n' }, { conda });
    expect(plan.conda).toEqual({ kind: 'locked', file: '.locked/conda.txt', platform: 'linux-64' });
    expect(plan.files).toContainEqual({
      path: '.locked/conda.txt',
      text: `@EXPLICIT\n${url}#sha256:${HASH}\n`,
    });
  });
});

describe('comparing locks', () => {
  it('names the packages in which they differ', () => {
    const other: Lock = { ...LOCK, debian: LOCK.debian.slice(1), python: [{ name: 'six', version: '1.16.0' }] };
    expect(compareLocks(LOCK, LOCK)).toEqual([]);
    expect(compareLocks(LOCK, other)).toEqual(['debian libx', 'python six']);
  });
});
