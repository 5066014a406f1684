import { describe, expect, it } from 'vitest';
import { markStep, type StepKind } from '../../../services/builder/dockerfile/step-kind.ts';
import { makeBuildError, makeDockerfileError } from '../../../services/builder/stages/make-build-error.ts';

const NO_SOLUTION = 'error: No solution found when resolving dependencies';
const END = 'we can conclude that your requirements are unsatisfiable.';

const fail = (kind: Exclude<StepKind, 'other'>, lastLines: readonly string[], message = 'exit code: 1') => ({
  ok: false as const,
  failedStep: `RUN ${markStep(kind)} && true`,
  lastLines,
  message,
});

describe('the error of a failed build', () => {
  it.each([
    [
      "error: command 'x86_64-linux-gnu-gcc' failed: No such file or directory",
      'no compiler',
      /^Write build-essential /,
    ],
    ["error: [Errno 2] No such file or directory: 'gcc'", 'no compiler', /build-essential/],
    ["../meson.build:1:0: ERROR: Unknown compiler(s): [['cc'], ['gcc']]", 'no compiler', /build-essential/],
    ["ERROR: Unknown compiler(s): [['gfortran'], ['flang']]", 'no Fortran compiler', /gfortran/],
    ['Error: pg_config executable not found.', 'a library', /libpq-dev/],
    ['x.c:1:10: fatal error: Python.h: No such file or directory', 'a library', /python3-dev/],
    ['gdal-config: not found', 'a library', /libgdal-dev/],
  ])('says what to install when a package says: %s', (said, lacks, hint) => {
    const lines = ['  × Failed to build `near==1`', '  ├─▶ The build backend returned an error', `      ${said}`];
    const error = makeBuildError(fail('install', lines));
    expect(error).toMatchObject({ code: 'BUILD_INSTALL_FAILED', hint: expect.stringMatching(hint) });
    expect(error.message).toContain(lacks);
    expect(error.message).toContain('near==1');
  });

  it.each([
    [
      'cannot be had: environment.yml, line 2: no channel has the package nope',
      'BUILD_PACKAGE_NOT_FOUND',
      'environment.yml, line 2: no channel has the package nope.',
    ],
    [
      'cannot be had: environment.yml, line 2: appnope exists only for osx-64, osx-arm64. environment.yml, line 3: a=1=h0 names a build for osx-64, write a=1',
      'BUILD_PACKAGE_NOT_FOUND',
      'environment.yml, line 2: appnope exists only for osx-64, osx-arm64. environment.yml, line 3: a=1=h0 names a build for osx-64, write a=1. A list that `conda env export --from-history` writes fits every platform.',
    ],
    [
      'not what the lock names: http://a.example/b/noarch/x-1-0.conda',
      'BUILD_CHECKSUM_MISMATCH',
      'The conda package http://a.example/b/noarch/x-1-0.conda is not the file that the lock names: its checksum is another one.',
    ],
    [
      'there is no file http://a.example/b/noarch/x-1-0.conda',
      'BUILD_PACKAGE_NOT_FOUND',
      'There is no conda package at http://a.example/b/noarch/x-1-0.conda.',
    ],
    [
      'there is no channel http://a.example/b/',
      'BUILD_PACKAGE_NOT_FOUND',
      'There is no conda channel http://a.example/b/.',
    ],
    [
      'no answer from http://a.example: refused',
      'BUILD_INDEX_UNREACHABLE',
      'The package server http://a.example did not answer.',
    ],
    [
      'the packages cannot be installed together: a needs b, for which no candidates were found.',
      'BUILD_INSTALL_FAILED',
      'The conda packages cannot be installed together: a needs b, for which no candidates were found.',
    ],
    ['x>= is not a package specification: no', 'BUILD_INSTALL_FAILED', 'x>= is not a package specification: no.'],
  ])('is what the conda installer says: %s', (said, code, message) => {
    const lines = ['more', `conda: ${said}; channels: http://a.example/b`];
    expect(makeBuildError(fail('conda', lines))).toMatchObject({ code, message });
  });

  it.each([
    [
      ['  cause: Because there-is-none was not found in the package registry and you require there-is-none, ' + END],
      'BUILD_PACKAGE_NOT_FOUND',
      'The package there-is-none does not exist in the package index.',
    ],
    [
      [
        '  × No solution found when resolving dependencies:',
        '  ╰─▶ Because a was not found in the package',
        '      registry and',
      ],
      'BUILD_PACKAGE_NOT_FOUND',
      'The package a does not exist in the package index.',
    ],
    [
      ['  cause: Because there is no version of numpy==99.99 and you require numpy==99.99, ' + END],
      'BUILD_PACKAGE_NOT_FOUND',
      'The package numpy has no version numpy==99.99.',
    ],
    [
      ['  cause: Because only numpy<=2.5.5 is available and you require numpy>=99, ' + END],
      'BUILD_PACKAGE_NOT_FOUND',
      'The package numpy has no version numpy>=99: only numpy<=2.5.5 exists.',
    ],
    [
      ['  cause: Because tensorflow==1.0.0 has no wheels with a matching Python ABI tag (e.g., `cp313`) and ' + END],
      'BUILD_PACKAGE_NOT_FOUND',
      'The package tensorflow==1.0.0 has no build for this version of Python.',
    ],
    [
      ['  cause: Because you require numpy<2 and numpy>2, ' + END],
      'BUILD_INSTALL_FAILED',
      'The packages cannot be installed together: you require numpy<2 and numpy>2.',
    ],
    [
      ['error: Failed to build `pandas==2.0.0`', '  cause: The build backend returned an error'],
      'BUILD_INSTALL_FAILED',
      'The package pandas==2.0.0 could not be built from its sources.',
    ],
    [
      ['error: Request failed after 3 retries in 5.8s', '  cause: Failed to fetch: http://127.0.0.1:9/flask/'],
      'BUILD_INDEX_UNREACHABLE',
      'The package server http://127.0.0.1:9 did not answer.',
    ],
    [['something else'], 'BUILD_INSTALL_FAILED', 'Installing the packages failed.'],
  ])('reads %j of an installation', (lines, code, message) => {
    expect(makeBuildError(fail('install', [NO_SOLUTION, ...lines]))).toMatchObject({ code, message });
  });

  it.each([
    ['E: Unable to locate package nonesuch', 'BUILD_APT_FAILED', /nonesuch/],
    ["E: Version '9' for 'tree' was not found", 'BUILD_APT_FAILED', /version 9 of tree/],
    ["  Temporary failure resolving 'deb.example.org'", 'BUILD_INDEX_UNREACHABLE', /deb\.example\.org/],
    ['E: Sub-process returned an error code', 'BUILD_APT_FAILED', /apt\.txt/],
  ])('reads %j of apt', (line, code, message) => {
    const error = makeBuildError(fail('apt', [line]));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('reads what a program prints, and not the command that would print it', () => {
    const command = `executor failed running [/bin/sh -c { test || { echo "r: this image has another R than 4.2"; false; }; }]: exit code: 1`;
    const failure = fail('r', ['E: Unable to locate package nonesuch'], command);
    expect(makeBuildError(failure)).toMatchObject({ code: 'BUILD_APT_FAILED' });
    expect(makeBuildError(fail('r', ['r: this image has another R than 4.2'], command))).toMatchObject({
      message: 'The base image cannot be used: this image has another R than 4.2.',
    });
  });

  it('says where postBuild may write when it was not let (case 14)', () => {
    const lines = ['./postBuild: 3: cannot create /usr/local/x: Permission denied'];
    const { code, message, hint } = makeBuildError(fail('post-build', lines, 'failed: exit code: 2'));
    expect(code).toBe('BUILD_POSTBUILD_FAILED');
    expect(message).toMatch(/runs as jovyan, who may write to \/home\/jovyan/);
    expect(hint).toMatch(/apt\.txt/);
  });

  it('says with which exit code postBuild ended, whatever it printed', () => {
    const failure = fail('post-build', ['Because x was not found in the package registry'], 'failed: exit code: 7');
    expect(makeBuildError(failure)).toMatchObject({
      code: 'BUILD_POSTBUILD_FAILED',
      message: expect.stringContaining('exit code 7') as string,
    });
  });

  it('names the instruction of a Dockerfile, or what is wrong with the file', () => {
    const failure = { ok: false as const, failedStep: 'RUN make', lastLines: [], message: 'exit code: 2' };
    expect(makeDockerfileError(failure).message).toBe('The Dockerfile could not be built: RUN make: exit code: 2');
    expect(makeDockerfileError({ ...failure, failedStep: '', message: 'unknown instruction' }).message).toContain(
      'unknown instruction',
    );
  });
});
