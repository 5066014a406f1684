import type { ErrorCode } from '../../contracts/errors.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { stepKind, type StepKind } from '../dockerfile/step-kind.ts';
import { INSTALL_R_SIGNS, JULIA_SIGNS, JUPYTER_SIGNS, NIX_SIGNS, R_SIGNS } from './language-signs.ts';
import type { Sign } from './sign.ts';
import type { ImageBuildOutcome } from '../image/image-builder.ts';
import { COMPILE_SIGNS } from './compile-signs.ts';

export type BuildFailure = Extract<ImageBuildOutcome, { ok: false }>;

/** How uv says what it could not do (tried with uv 0.13); the first that fits is taken. */
const UV_SIGNS: readonly Sign[] = [
  {
    shows: /Because (\S+) was not found in the (?:package registry|provided package locations)/,
    code: 'BUILD_PACKAGE_NOT_FOUND',
    message: ([, name]) => `The package ${name} does not exist in the package index.`,
  },
  {
    shows: /there (?:is|are) no versions? of ([A-Za-z0-9._-]+)(\S*)/,
    code: 'BUILD_PACKAGE_NOT_FOUND',
    message: ([, name, version]) => `The package ${name} has no version ${name}${version}.`,
  },
  {
    shows: /Because only (\S+?)([<>=!~]\S*) (?:is|are) available and you require (\S+?),? /,
    code: 'BUILD_PACKAGE_NOT_FOUND',
    message: ([, name, available, required]) =>
      `The package ${name} has no version ${required}: only ${name}${available} exists.`,
  },
  {
    shows: /Because (\S+) has no wheels with a matching ([^(]+?) \(/,
    code: 'BUILD_PACKAGE_NOT_FOUND',
    message: ([, name]) => `The package ${name} has no build for this version of Python.`,
  },
  {
    shows: /No solution found.*? Because (.*?), we can conclude/,
    code: 'BUILD_INSTALL_FAILED',
    message: ([, why]) => `The packages cannot be installed together: ${why?.slice(0, 400)}.`,
  },
  ...COMPILE_SIGNS,
  {
    shows: /slipway: Jupyter does not start/,
    code: 'BUILD_INSTALL_FAILED',
    message: () => 'With the versions that the requirements name, the Jupyter server of sessions does not start.',
    hint: 'Remove the lines that name Jupyter, or what it is made of (such as tornado or traitlets): the image has it.',
  },
  {
    shows: /Failed to (?:build|download and build) `([^`]+)`/,
    code: 'BUILD_INSTALL_FAILED',
    message: ([, name]) => `The package ${name} could not be built from its sources.`,
  },
  {
    shows: /Hash mismatch for `([^`]+)`/,
    code: 'BUILD_CHECKSUM_MISMATCH',
    message: ([, name]) => `The package ${name} is not the file that the lock names: its checksum is another one.`,
  },
  {
    shows: /Failed to fetch: `?(https?:\/\/[^/\s`]+)/,
    code: 'BUILD_INDEX_UNREACHABLE',
    message: ([, server]) => `The package server ${server} did not answer.`,
  },
];

const EXPORT_HINT = 'A list that `conda env export --from-history` writes fits every platform.';

/** How conda-install.py says what it could not do. */
const CONDA_SIGNS: readonly Sign[] = [
  {
    shows: /conda: cannot be had: (.*?); channels: /,
    code: 'BUILD_PACKAGE_NOT_FOUND',
    message: ([, what = '']) => `${what}.${/ only for | a build for /.test(what) ? ` ${EXPORT_HINT}` : ''}`,
  },
  {
    shows: /conda: not what the lock names: (\S+?);/,
    code: 'BUILD_CHECKSUM_MISMATCH',
    message: ([, url]) => `The conda package ${url} is not the file that the lock names: its checksum is another one.`,
  },
  {
    shows: /conda: there is no file (\S+);/,
    code: 'BUILD_PACKAGE_NOT_FOUND',
    message: ([, url]) => `There is no conda package at ${url}.`,
  },
  {
    shows: /conda: there is no channel (\S+);/,
    code: 'BUILD_PACKAGE_NOT_FOUND',
    message: ([, channel]) => `There is no conda channel ${channel}.`,
  },
  {
    shows: /conda: no answer from (\S+):/,
    code: 'BUILD_INDEX_UNREACHABLE',
    message: ([, server]) => `The package server ${server} did not answer.`,
  },
  {
    shows: /conda: the packages cannot be installed together: (.*?); channels: /,
    code: 'BUILD_INSTALL_FAILED',
    message: ([, why]) => `The conda packages cannot be installed together: ${why?.slice(0, 400)}`,
  },
  {
    shows: /conda: (.*? is not a package specification.*?); channels: /,
    code: 'BUILD_INSTALL_FAILED',
    message: ([, why]) => `${why?.slice(0, 400)}.`,
  },
];

const APT_SIGNS: readonly Sign[] = [
  {
    shows: /E: Unable to locate package (\S+)/,
    code: 'BUILD_APT_FAILED',
    message: ([, name]) => `apt.txt names a package that this Debian release does not have: ${name}.`,
  },
  {
    shows: /E: Version '([^']+)' for '([^']+)' was not found/,
    code: 'BUILD_APT_FAILED',
    message: ([, version, name]) => `This Debian release does not have version ${version} of ${name} (apt.txt).`,
  },
  {
    shows: /(?:Temporary failure resolving|Could not connect to) '?([^'\s]+)/,
    code: 'BUILD_INDEX_UNREACHABLE',
    message: ([, server]) => `The package server ${server} did not answer.`,
  },
];

const POST_BUILD_SIGNS: readonly Sign[] = [
  {
    shows: /Permission denied/i,
    code: 'BUILD_POSTBUILD_FAILED',
    message: () =>
      'The postBuild script of the repository may not write where it tried to: it runs as jovyan, who may write to /home/jovyan, /srv/conda, /srv/npm and /tmp.',
    hint: 'The end of the log shows the path; Debian packages belong into apt.txt, everything else below the home directory.',
  },
  {
    shows: /exit code: (\d+)$/,
    code: 'BUILD_POSTBUILD_FAILED',
    message: ([, status]) => `The postBuild script of the repository ended with exit code ${status}.`,
  },
];

const USER_SIGNS: readonly Sign[] = [
  {
    shows: /usermod: user '([^']+)' already exists/,
    code: 'BUILD_INSTALL_FAILED',
    message: ([, name]) => `The image has a user ${name} already: choose another name (--user-name).`,
  },
];

const POST_CREATE_SIGNS: readonly Sign[] = [
  {
    shows: /exit code: (\d+)$/,
    code: 'BUILD_POSTCREATE_FAILED',
    message: ([, status]) => `A command of devcontainer.json ended with exit code ${status}.`,
  },
];

const STEPS: Readonly<Record<StepKind, { readonly signs: readonly Sign[]; readonly otherwise: ErrorCode }>> = {
  apt: { signs: APT_SIGNS, otherwise: 'BUILD_APT_FAILED' },
  r: { signs: [...R_SIGNS, ...APT_SIGNS], otherwise: 'BUILD_APT_FAILED' },
  'r-packages': { signs: [...R_SIGNS, ...APT_SIGNS], otherwise: 'BUILD_INSTALL_FAILED' },
  'install-r': { signs: INSTALL_R_SIGNS, otherwise: 'BUILD_INSTALL_R_FAILED' },
  'r-package': { signs: R_SIGNS, otherwise: 'BUILD_INSTALL_FAILED' },
  julia: { signs: JULIA_SIGNS, otherwise: 'BUILD_INSTALL_FAILED' },
  'julia-packages': { signs: JULIA_SIGNS, otherwise: 'BUILD_INSTALL_FAILED' },
  conda: { signs: [...CONDA_SIGNS, ...UV_SIGNS], otherwise: 'BUILD_INSTALL_FAILED' },
  'conda-tool': { signs: UV_SIGNS, otherwise: 'BUILD_INSTALL_FAILED' },
  install: { signs: UV_SIGNS, otherwise: 'BUILD_INSTALL_FAILED' },
  'local-packages': { signs: UV_SIGNS, otherwise: 'BUILD_INSTALL_FAILED' },
  'post-build': { signs: POST_BUILD_SIGNS, otherwise: 'BUILD_POSTBUILD_FAILED' },
  user: { signs: USER_SIGNS, otherwise: 'BUILD_INSTALL_FAILED' },
  record: { signs: [], otherwise: 'BUILD_INSTALL_FAILED' },
  nix: { signs: APT_SIGNS, otherwise: 'BUILD_APT_FAILED' },
  'nix-shell': { signs: NIX_SIGNS, otherwise: 'BUILD_INSTALL_FAILED' },
  jupyter: { signs: [...JUPYTER_SIGNS, ...UV_SIGNS], otherwise: 'BUILD_JUPYTER_MISSING' },
  'post-create': { signs: POST_CREATE_SIGNS, otherwise: 'BUILD_POSTCREATE_FAILED' },
  other: { signs: [], otherwise: 'BUILD_INSTALL_FAILED' },
};

/** uv may break its sentences into lines and draw a frame beside them. */
const joinLines = (lines: readonly string[]): string => lines.join(' ').replaceAll(/[×╰─▶│├\s]+/g, ' ');

/** The engine repeats the command, which has in it what our programs say only when something is wrong. */
const withoutCommand = (message: string): string =>
  message.replace(/(?:executor failed running|process) [^]*: (?=exit code: \d+$)/, 'executor failed: ');

/** Turns a failed build of one of our own Dockerfiles into the error that names its cause. */
export const makeBuildError = ({ failedStep, lastLines, message }: BuildFailure): SlipwayError => {
  const { signs, otherwise } = STEPS[stepKind(failedStep)];
  const output = `${joinLines(lastLines)} ${withoutCommand(message)}`;
  for (const sign of signs) {
    const found = sign.shows.exec(output);
    if (found !== null) return new SlipwayError(sign.code, { message: sign.message(found), hint: sign.hint });
  }
  return new SlipwayError(otherwise, { details: { engine: message, step: failedStep } });
};

/** Turns a failed build of a repository's own Dockerfile into an error that names the instruction. */
export const makeDockerfileError = ({ failedStep, message }: BuildFailure): SlipwayError => {
  const where = failedStep === '' ? message : `${failedStep.slice(0, 200)}: ${message.slice(0, 300)}`;
  return new SlipwayError('BUILD_DOCKERFILE_FAILED', { message: `The Dockerfile could not be built: ${where}` });
};
