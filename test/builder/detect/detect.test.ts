import { describe, expect, it } from 'vitest';
import { detect } from '../../../services/builder/detect/detect.ts';
import { createMemoryRepositoryFiles, type RepositoryTable } from '../../support/memory-repository-files.ts';

const run = (table: RepositoryTable) =>
  detect(createMemoryRepositoryFiles(table), { pythons: ['3.13', '3.11'], defaultPython: '3.13' });

const reasons = (table: RepositoryTable) =>
  Object.fromEntries(
    run(table).evidence.map(({ file, used, because }) => [file, `${used ? 'used' : 'ignored'}: ${because}`]),
  );

describe('detect', () => {
  it('prefers a Dockerfile, then environment.yml, then requirements.txt, then nothing', () => {
    const all = {
      Dockerfile: '',
      'environment.yml': 'name: x',
      'environment.yaml': 'name: x',
      'requirements.txt': 'six',
      'runtime.txt': 'python-3.11',
    };
    const { Dockerfile: _docker, ...conda } = all;
    const { 'environment.yml': _yml, ...yaml } = conda;
    const { 'environment.yaml': _yaml, ...requirements } = yaml;
    expect(run(all).kind).toBe('dockerfile');
    expect(run(conda)).toMatchObject({ kind: 'environment', python: '3.13' });
    expect(run(yaml)).toMatchObject({ kind: 'environment', evidence: [{ file: 'environment.yaml' }, {}, {}] });
    expect(run(requirements)).toMatchObject({
      python: '3.11',
      installs: [{ requirements: { root: 'requirements.txt' } }],
    });
    expect(run({ 'runtime.txt': 'python-3.11' })).toMatchObject({ kind: 'environment', python: '3.11', installs: [] });
    expect(run({})).toMatchObject({ kind: 'environment', python: '3.13', apt: [], installs: [] });
  });

  it('says why each file is used or ignored', () => {
    expect(
      reasons({
        'environment.yml': 'variables: {A: b}\ndependencies: [pip: [-r more.txt]]',
        'more.txt': 'six',
        'requirements.txt': 'not valid at all',
        'runtime.txt': 'nonsense',
        'apt.txt': 'tree',
        Pipfile: '',
        'Environment.yml': '',
        'README.md': '',
        'start/x': '',
      }),
    ).toEqual({
      'environment.yml': 'used: it sets the variables A',
      'more.txt': 'used: environment.yml includes it',
      'apt.txt': 'used: it names Debian packages',
      'requirements.txt': 'ignored: environment.yml is used instead',
      'runtime.txt': 'ignored: environment.yml is used instead',
      Pipfile: 'ignored: environment.yml is used instead',
      'Environment.yml': 'ignored: upper and lower case matter: the name is environment.yml',
    });
  });

  it('reads nothing beside a Dockerfile, however wrong it is', () => {
    expect(
      reasons({ Dockerfile: '', 'apt.txt': '; rm', 'runtime.txt': 'x', postBuild: '', 'setup.py': '' }),
    ).toMatchObject({
      Dockerfile: 'used: it describes the whole image',
      'apt.txt': 'ignored: Dockerfile is used instead',
      postBuild: 'ignored: Dockerfile is used instead',
    });
  });

  it('reads only the binder directory when there is one', () => {
    const table = {
      'binder/start': '#!/bin/sh\n',
      'requirements.txt': '=',
      Dockerfile: '',
      'setup.py': '',
      'README.md': '',
    };
    expect(run(table)).toMatchObject({ installs: [], start: { file: 'binder/start' } });
    expect(reasons(table)).toMatchObject({
      '': 'used: binder/ names no Python packages, so those of the base image are all there are',
      'requirements.txt': 'ignored: the directory binder/ exists, so only its files are read',
      Dockerfile: 'ignored: the directory binder/ exists, so only its files are read',
      'setup.py': 'ignored: the directory binder/ exists, so only its files are read',
    });
  });

  it('does not call a file of the top ignored that the binder directory includes', () => {
    const table = { 'binder/requirements.txt': '-r ../requirements.txt', 'requirements.txt': 'six' };
    expect(reasons(table)).toEqual({
      'binder/requirements.txt': 'used: it names Python packages',
      'requirements.txt': 'used: binder/requirements.txt includes it',
    });
  });

  it('refuses a configuration file that leads out of the repository', () => {
    expect(() => run({ 'apt.txt': { link: '/etc/passwd' } })).toThrow(
      expect.objectContaining({ code: 'DETECT_FILE_UNREADABLE', message: expect.stringMatching(/^apt.txt: .*link/) }),
    );
  });

  it('does not take a directory for a configuration file', () => {
    expect(run({ 'requirements.txt/a': '', 'Dockerfile/b': '' })).toMatchObject({ kind: 'environment', installs: [] });
  });
});
