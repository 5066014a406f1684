import { createHash } from 'node:crypto';
import type { CondaStep, StagedFile } from '../../contracts/build-plan.ts';
import { BASE_IMAGE, BUILD_CONTEXT, MOUNTS } from './image-layout.ts';
import { SHARE_WITH_GROUP } from './install-commands.ts';
import { excludeNewer } from './render-install.ts';
import {
  certificateMounts,
  certificateVariables,
  exportCertificates,
  indexCommands,
  indexMounts,
  type NetworkOptions,
} from './network-access.ts';
import { renderExport, renderRun, type Mount } from './run-instruction.ts';
import { markStep } from './step-kind.ts';

export type CondaOptions = NetworkOptions & {
  /** The image that the stage of the tool builds on. */
  readonly base: string;
  /** Name of the cache of conda packages; undefined installs without one. */
  readonly cache: string | undefined;
  /** Day (yyyy-mm-dd) whose packages are installed; undefined for what there is now. */
  readonly asOf: string | undefined;
};

/**
 * Name of the cache of conda packages. A package is known there by its name and build, so only those whose packages come
 * from the same channels share one: a channel may call another's package its own.
 */
export const condaCache = (conda: CondaStep, files: readonly StagedFile[]): string => {
  const listed = conda.kind === 'locked' ? files.filter(({ path }) => path === conda.file) : [];
  const addresses = listed.flatMap(({ text }) => text.match(/^\S+(?=\/[^/\s]+$)/gm) ?? []);
  const named = conda.kind === 'solve' ? conda.specs.flatMap(({ text }) => (/::|:\/\//.test(text) ? [text] : [])) : [];
  const channels = conda.kind === 'solve' ? conda.channels : [];
  const sources = [...new Set([...channels, ...named, ...addresses])].toSorted();
  return `conda-${createHash('sha256').update(JSON.stringify(sources)).digest('hex').slice(0, 16)}`;
};

/** Whether the environment has a Python: one that is solved always, a lock where it names one. */
export const hasCondaPython = (conda: CondaStep | undefined): boolean =>
  conda !== undefined && (conda.kind === 'solve' || conda.python !== undefined);

/** Name of the stage that has py-rattler; nothing of it comes into an image. */
const TOOL_STAGE = 'conda-tool';

/** Where the environment is: beside the one that Jupyter's server runs in. */
const PREFIX = '/srv/conda/envs/kernel';

/** Alone, so that the stage of the tool does not change with what a repository asks for. */
const lock: Mount = {
  type: 'bind',
  source: `${BUILD_CONTEXT.conda}/requirements.txt`,
  target: `${MOUNTS.conda}/requirements.txt`,
};

/**
 * A stage with py-rattler in a Python environment of its own. It depends on nothing that a repository says, so it is
 * made once for a base.
 */
export const renderCondaTool = ({ base, ...network }: CondaOptions): string => {
  const variables = { UV_NO_CACHE: '1', ...certificateVariables(network) };
  const run = renderRun(
    [lock, ...certificateMounts(network), ...indexMounts(network)],
    [
      markStep('conda-tool'),
      renderExport(variables),
      ...indexCommands(network),
      `uv venv --no-config --python ${BASE_IMAGE.python} ${MOUNTS.condaTool}`,
      `uv pip install --no-config --python ${MOUNTS.condaTool} --require-hashes --requirement ${MOUNTS.conda}/requirements.txt`,
    ],
  );
  return [`FROM ${base} AS ${TOOL_STAGE}`, 'USER root', run].join('\n');
};

const installMounts = ({ cache, ...network }: CondaOptions): readonly Mount[] => [
  { type: 'bind', source: BUILD_CONTEXT.conda, target: MOUNTS.conda },
  { type: 'bind', from: TOOL_STAGE, source: MOUNTS.condaTool, target: MOUNTS.condaTool },
  ...(cache === undefined ? [] : [{ type: 'cache', id: cache, target: MOUNTS.condaCache, uid: '1000', gid: '1000' }]),
  ...certificateMounts(network),
];

/** A crash of the native library (status 128 and above) is tried once more; an answer is an answer. */
const retryCrash = (command: string): string => `{ ${command} || { [ "$?" -ge 128 ] && ${command}; }; }`;

/** What the environment lacks of what a kernel needs comes from the Python index. */
const completeKernel = (python: string, asOf: string | undefined): string =>
  `{ ${python} -c 'import ipykernel, pip' 2> /dev/null || uv pip install --no-config --python ${[python, ...excludeNewer(asOf)].join(' ')} ipykernel pip; }`;

/** Packages for any platform come without bytecode; a file that does not compile is its package's matter. */
const compileAll = (python: string): string =>
  `{ ${python} -m compileall -qq -j 0 ${PREFIX}/lib/python*/site-packages > /dev/null || true; }`;

/** Puts the packages in place. Nothing of them runs while the cache is in reach. */
const renderPackages = (options: CondaOptions): string =>
  renderRun(installMounts(options), [
    markStep('conda'),
    SHARE_WITH_GROUP,
    ...exportCertificates(options),
    retryCrash(
      `${MOUNTS.condaTool}/bin/python ${MOUNTS.conda}/conda-install.py ${MOUNTS.conda}/request.json ${PREFIX} ${MOUNTS.condaCache}`,
    ),
  ]);

const renderKernel = (hasPython: boolean, options: CondaOptions): string => {
  const python = `${PREFIX}/bin/python`;
  return renderRun(
    [
      { type: 'bind', source: BUILD_CONTEXT.conda, target: MOUNTS.conda },
      ...certificateMounts(options),
      ...indexMounts(options),
    ],
    [
      markStep('conda'),
      SHARE_WITH_GROUP,
      renderExport({ UV_NO_CACHE: '1', ...certificateVariables(options) }),
      ...indexCommands(options),
      ...(hasPython ? [completeKernel(python, options.asOf)] : []),
      `${BASE_IMAGE.python} ${MOUNTS.conda}/register-kernel.py ${PREFIX}`,
      ...(hasPython ? [compileAll(python)] : []),
    ],
  );
};

/**
 * Installs the conda environment, makes its Python, where it has one, the kernel of notebooks, and puts it on the path. The
 * build context has BUILD_CONTEXT.conda with the programs and the request.
 */
export const renderCondaInstall = (conda: CondaStep, options: CondaOptions): readonly string[] => {
  const hasPython = hasCondaPython(conda);
  return [
    renderPackages(options),
    renderKernel(hasPython, options),
    `ENV ${hasPython ? `KERNEL_PYTHON_PREFIX=${PREFIX} ` : ''}CONDA_PREFIX=${PREFIX} CONDA_DEFAULT_ENV=${PREFIX}`,
    `ENV JUPYTER_PATH=/srv/conda/share/jupyter:${PREFIX}/share/jupyter`,
    `ENV PATH=${BASE_IMAGE.repoDir}/.local/bin:/srv/conda/bin:${PREFIX}/bin:$PATH`,
  ];
};
