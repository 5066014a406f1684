import { describe, expect, it } from 'vitest';
import { Value } from 'typebox/value';
import { BuildPlan, type EnvironmentPlan } from '../../../services/contracts/build-plan.ts';
import { detect } from '../../../services/builder/detect/detect.ts';
import { makePlan } from '../../../services/builder/plan/make-plan.ts';
import { createMemoryRepositoryFiles, type RepositoryTable } from '../../support/memory-repository-files.ts';

const plan = (table: RepositoryTable): BuildPlan => {
  const made = makePlan(
    detect(createMemoryRepositoryFiles(table), { pythons: ['3.13', '3.11'], defaultPython: '3.13' }),
  );
  expect(Value.Errors(BuildPlan, made)).toEqual([]);
  return made;
};

const environment = (table: RepositoryTable): EnvironmentPlan => {
  const made = plan(table);
  if (made.kind !== 'environment') throw new Error('not an environment');
  return made;
};

const staged = (requirements: string, others: RepositoryTable = {}) =>
  environment({ 'requirements.txt': requirements, 'setup.py': '', 'wheels/x': '', ...others });

const step = { kind: 'requirements', file: 'requirements.txt', prerelease: false, ownIndex: false };

describe('makePlan', () => {
  it('passes a Dockerfile on', () => {
    expect(plan({ 'binder/Dockerfile': '' })).toMatchObject({ kind: 'dockerfile', file: 'binder/Dockerfile' });
  });

  it('stages exactly the files that are read, in one form', () => {
    const { files, install } = staged('\ufeffsix # why\r\n-rdeps/a.txt\r\n', {
      'deps/a.txt': '--constraint=../c.txt\nidna \\\n  >=3\n',
      'c.txt': Buffer.from('six<2 # für\n', 'latin1'),
      'd.txt': 'unused',
    });
    expect(install).toEqual([step]);
    expect(files).toEqual([
      { path: 'c.txt', text: 'six<2\n' },
      { path: 'deps/a.txt', text: '--constraint ../c.txt\nidna   >=3\n' },
      { path: 'requirements.txt', text: 'six\n--requirement deps/a.txt\n' },
    ]);
  });

  it('installs nothing where nothing is named', () => {
    expect(environment({ 'requirements.txt': '# nothing\n-i https://example.org/\n' })).toMatchObject({
      install: [],
      files: [],
      after: [],
    });
  });

  it('keeps local packages for after the content, with all the rest so that versions agree', () => {
    const made = staged('six\n-e .[dev]\n-c c.txt', { 'c.txt': 'six<2' });
    expect(made.files).toEqual([
      { path: 'c.txt', text: 'six<2\n' },
      { path: 'requirements.txt', text: 'six\n--constraint c.txt\n' },
    ]);
    expect(made.after).toEqual([
      {
        kind: 'local-packages',
        install: step,
        files: [
          { path: 'c.txt', text: 'six<2\n' },
          { path: 'requirements.txt', text: 'six\n-e .[dev]\n--constraint c.txt\n' },
        ],
      },
    ]);
  });

  it('installs everything after the content where packages come from the repository', () => {
    const made = environment({ 'requirements.txt': '--find-links wheels\nsix', 'wheels/x': '' });
    expect(made).toMatchObject({ install: [], files: [] });
    expect(made.after).toMatchObject([
      { files: [{ path: 'requirements.txt', text: '--find-links ${REPO_DIR}/wheels\nsix\n' }] },
    ]);
  });

  it('asks for hashes of all where one has a hash, except where a local package makes that impossible', () => {
    expect(staged('six==1 --hash=sha256:ab').files[0]?.text).toBe('--require-hashes\nsix==1 --hash=sha256:ab\n');
    expect(staged('--require-hashes\nsix==1').files[0]?.text).toBe('--require-hashes\nsix==1\n');
    expect(staged('six==1 --hash=sha256:ab\n.').after).toMatchObject([
      { files: [{ text: 'six==1 --hash=sha256:ab\n.\n' }] },
    ]);
  });

  it('turns options that a file cannot say to the installer into facts of the step', () => {
    expect(staged('--pre\nsix')).toMatchObject({ install: [{ prerelease: true }], files: [{ text: 'six\n' }] });
    expect(staged('-i https://a.example/\nsix')).toMatchObject({
      install: [{ ownIndex: true }],
      files: [{ text: '--index-url https://a.example/\nsix\n' }],
    });
  });

  it('runs postBuild last and names the scripts that cannot run as they are', () => {
    const made = staged('-e .', { postBuild: 'echo\r\n', start: '#!/bin/sh\r\n' });
    expect(made.after.map(({ kind }) => kind)).toEqual(['local-packages', 'post-build']);
    expect(made.after[1]).toEqual({ kind: 'post-build', file: 'postBuild', hasShebang: false });
    expect(made.start).toEqual({ file: 'start', hasShebang: true });
    expect(made.crlf).toEqual(['postBuild', 'start']);
  });

  it('installs what a project needs before the content, and the project alone after it', () => {
    const pyproject = '[project]\nname = "x"\ndependencies = ["six"]\n[build-system]\nrequires = []\n';
    const made = environment({ 'pyproject.toml': pyproject, 'requirements.txt': 'idna' });
    expect(made.install.map(({ file }) => file)).toEqual(['requirements.txt', 'pyproject.toml.txt']);
    expect(made.files).toEqual([
      { path: 'pyproject.toml.txt', text: 'six\n' },
      { path: 'requirements.txt', text: 'idna\n' },
    ]);
    expect(made.after).toEqual([
      {
        kind: 'local-packages',
        install: { ...step, file: 'project.txt', noDependencies: true },
        files: [{ path: 'project.txt', text: '.\n' }],
      },
    ]);
  });

  it('installs a project whose build says what it needs as a whole', () => {
    const made = environment({ 'setup.py': 'from setuptools import setup; setup()' });
    expect(made).toMatchObject({ install: [], files: [], after: [{ install: { ...step, file: 'project.txt' } }] });
    expect(made.after[0]).not.toHaveProperty('install.noDependencies');
  });

  it('carries the day of runtime.txt', () => {
    expect(environment({ 'runtime.txt': 'python-2024-01-10' })).toMatchObject({ python: '3.13', asOf: '2024-01-10' });
    expect(environment({})).not.toHaveProperty('asOf');
  });
});
