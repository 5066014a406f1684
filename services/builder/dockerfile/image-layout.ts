import { PLAN_RECORD, REPO_DIR } from '../../contracts/image-files.ts';

/** What the base image promises; the names are those that existing postBuild scripts use. */
export const BASE_IMAGE = {
  user: 'jovyan',
  repoDir: REPO_DIR,
  python: '"$NB_PYTHON_PREFIX/bin/python"',
  kernelPython: '"$KERNEL_PYTHON_PREFIX/bin/python"',
  entrypoint: '/usr/local/bin/slipway-entrypoint',
  certificates: '/etc/ssl/certs/ca-certificates.crt',
} as const;

/** Where an image has the record of what it is made of. */
export const RECORD = {
  directory: '/srv/slipway',
  lock: '/srv/slipway/lock.json',
  bill: '/srv/slipway/sbom.json',
  plan: PLAN_RECORD,
} as const;

/** What sessions of a repository with Nix start with. */
export const NIX_START = '/usr/local/bin/slipway-nix-start';

/** Names in the build context, which whoever makes the context must give it. */
export const BUILD_CONTEXT = {
  /** Directory of the staged files of the plan. */
  staged: 'staged',
  /** Directory of the programs that take part in the installation of Python packages. */
  install: 'install',
  /** Directory of the commit's tree. */
  content: 'content',
  /** Directory of the programs and the request of a conda environment. */
  conda: 'conda',
  /** Directory of how a development container is prepared, and of its commands. */
  devcontainer: 'devcontainer',
  nixStart: 'slipway-nix-start',
  /** Directory of the programs and the packages of R. */
  r: 'r',
  /** Directory of the programs that record what was installed, and of what they are asked. */
  record: 'record',
  /** The certificate authorities that a build trusts, readable by all; only where there are any. */
  caBundle: 'ca.pem',
  /** A script that names the operator's package index; only where there is one. It may hold credentials. */
  index: 'index.sh',
} as const;

/**
 * Where a build sees what is mounted for one instruction. Below /run and not in the home directory: a mount leaves
 * an empty directory of root's behind, and in the home that would stop its owner from writing beside it.
 */
export const MOUNTS = {
  staged: '/run/slipway/staged',
  install: '/run/slipway/install',
  baseEnvironment: '/run/slipway/base-environment',
  devcontainer: '/run/slipway/devcontainer',
  baseTools: '/run/slipway/base-tools',
  baseRequirements: '/run/slipway/base-requirements.txt',
  r: '/run/slipway/r',
  conda: '/run/slipway/conda',
  condaTool: '/run/slipway/conda-tool',
  record: '/run/slipway/record',
  condaCache: '/run/slipway/conda-cache',
  uvCache: '/run/slipway/uv-cache',
  caBundle: '/run/slipway/ca.pem',
  index: '/run/slipway/index.sh',
} as const;
