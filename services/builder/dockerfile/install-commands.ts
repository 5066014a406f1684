import type { InstallStep } from '../../contracts/build-plan.ts';
import { withoutPatch } from '../detect/python/offered-pythons.ts';
import { BASE_IMAGE, BUILD_CONTEXT, MOUNTS } from './image-layout.ts';
import {
  certificateMounts,
  certificateVariables,
  indexCommands,
  indexMounts,
  type NetworkOptions,
} from './network-access.ts';
import { renderExport, renderRun, type Mount } from './run-instruction.ts';
import { renderInstall } from './render-install.ts';
import { shellQuote } from './shell-quote.ts';
import { markStep } from './step-kind.ts';
import { installWheels, prepareWheels, WHEELS_COMPILER, wheelsMounts, type Wheels } from './wheels-commands.ts';

export type InstallOptions = NetworkOptions & {
  readonly python: string;
  /** Day (yyyy-mm-dd) whose packages are installed; undefined for what there is now. */
  readonly asOf: string | undefined;
  /** Whether the packages go into a conda environment, which has a Python of its own. */
  readonly conda: boolean;
  /** Where only wheels are installed; otherwise packages may be built, and their code may run. */
  readonly wheels?: Wheels | undefined;
};

/** What an installation from staged files needs to see. */
export const installMounts = ({ wheels, ...network }: InstallOptions): readonly Mount[] => [
  { type: 'bind', source: BUILD_CONTEXT.staged, target: MOUNTS.staged },
  { type: 'bind', source: BUILD_CONTEXT.install, target: MOUNTS.install },
  ...(wheels ? wheelsMounts(wheels) : []),
  ...certificateMounts(network),
  ...indexMounts(network),
];

/** Whatever user a container runs as may change what is installed, through the group: it is that of the directory. */
export const SHARE_WITH_GROUP = 'umask 0002';

type Compiler = { readonly python: string; readonly store: string };

/** Compiles what was just installed, with nothing of it loaded. */
const renderCompile = (sitePackages: string, { python, store }: Compiler): string =>
  `${python} -I -S ${MOUNTS.install}/compile.py "$before" ${shellQuote(store)} ${sitePackages}`;

/** A conda environment may have a Python that is too old for our program: it compiles what it imports. */
const compileBeside = (sitePackages: string, python: string): string =>
  `{ ${renderCompile(sitePackages, { python, store: '' })} || true; }`;

/** Whether the server can be loaded with what was installed: JupyterLab, or the classic Notebook of the years before it. */
const tryServer = (python: string): string =>
  [
    `{ ${python} -I -c 'import ipykernel.kernelapp, jupyter_server.serverapp, jupyterlab.labapp'`,
    `|| ${python} -I -c 'import ipykernel.kernelapp, notebook.notebookapp'`,
    `|| { echo 'slipway: Jupyter does not start'; false; }; }`,
  ].join(' ');

const findSitePackages = ({ conda, python }: InstallOptions): string =>
  conda
    ? '"$KERNEL_PYTHON_PREFIX"/lib/python*/site-packages'
    : `"$NB_PYTHON_PREFIX/lib/python${withoutPatch(python)}/site-packages"`;

/** The commands that install one set of staged requirements into the environment of the base, or that of conda. */
export const installCommands = (step: InstallStep, options: InstallOptions): readonly string[] => {
  const { wheels, conda, asOf } = options;
  const cache = wheels ? { UV_CACHE_DIR: MOUNTS.uvCache, UV_LINK_MODE: 'copy' } : { UV_NO_CACHE: '1' };
  const python = conda ? BASE_IMAGE.kernelPython : BASE_IMAGE.python;
  const sitePackages = findSitePackages(options);
  const target = { python, asOf };
  return [
    SHARE_WITH_GROUP,
    renderExport({ ...cache, ...certificateVariables(options) }),
    ...(step.ownIndex ? [] : indexCommands(options)),
    ...(wheels ? prepareWheels : []),
    'before="$(mktemp)"',
    ...(wheels ? installWheels(wheels, { step, target, sitePackages }) : [renderInstall(step, target)]),
    wheels ? renderCompile(sitePackages, WHEELS_COMPILER) : compileBeside(sitePackages, python),
    'rm -f "$before"',
  ];
};

/**
 * Tries the server where a step installed what it is made of: this runs what was installed, so it has an instruction of
 * its own. A conda environment is beside the server's, which stays as it is.
 */
export const renderServerTrial = (step: InstallStep, { conda }: InstallOptions): readonly string[] =>
  step.checksServer === true && !conda ? [renderRun([], [markStep('install'), tryServer(BASE_IMAGE.python)])] : [];
