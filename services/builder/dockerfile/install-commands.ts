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
import { renderExport, type Mount } from './run-instruction.ts';
import { shellQuote } from './shell-quote.ts';

export type InstallOptions = NetworkOptions & {
  readonly python: string;
  /** Day (yyyy-mm-dd) whose packages are installed; undefined for what there is now. */
  readonly asOf: string | undefined;
  /** Whether the packages go into a conda environment, which has a Python of its own. */
  readonly conda: boolean;
  /** Name of the package cache; undefined installs without one. */
  readonly cache: string | undefined;
};

/** What an installation from staged files needs to see. */
export const installMounts = ({ cache, ...network }: InstallOptions): readonly Mount[] => [
  { type: 'bind', source: BUILD_CONTEXT.staged, target: MOUNTS.staged },
  ...(cache === undefined ? [] : [{ type: 'cache', id: cache, target: MOUNTS.uvCache, uid: '1000', gid: '1000' }]),
  ...certificateMounts(network),
  ...indexMounts(network),
];

/** Whatever user a container runs as may change what is installed, through the group: it is that of the directory. */
export const SHARE_WITH_GROUP = 'umask 0002';

/** The Python to install for, and the day whose packages count. */
type Target = Pick<InstallOptions, 'python' | 'asOf'>;

/** What keeps packages out that the index got after the end of a day. */
export const excludeNewer = (asOf: string | undefined): readonly string[] =>
  asOf === undefined ? [] : [`--exclude-newer ${asOf}T23:59:59Z`];

/** pip looks for the best version in all indexes, and in no configuration that a repository may hold. */
const renderInstall = ({ file, prerelease, noDependencies }: InstallStep, { python, asOf }: Target): string =>
  [
    `uv pip install --python ${python} --no-config --index-strategy unsafe-best-match`,
    ...(prerelease ? ['--prerelease allow'] : []),
    ...(noDependencies ? ['--no-deps'] : []),
    ...excludeNewer(asOf),
    `--requirement ${shellQuote(`${MOUNTS.staged}/${file}`)}`,
  ].join(' ');

/**
 * Compiles what was just installed and a session may import. Compiling is most of the time of an installation and
 * test suites are about half of the files, so they are left out; a file that does not compile is its package's matter.
 * Batches are small, so that no processor waits for the last one.
 */
const renderCompile = (sitePackages: string, python: string): string =>
  [
    `{ find ${sitePackages} -name '*.py' -cnewer "$before"`,
    `-not -path '*/tests/*' -print0`,
    `| xargs -0 -r -n 100 -P "$(nproc)" ${python} -I -m compileall -qq || true; }`,
  ].join(' ');

/** Whether the server can be loaded with what was installed: JupyterLab, or the classic Notebook of the years before it. */
const tryServer = (python: string): string =>
  [
    `{ ${python} -I -c 'import ipykernel.kernelapp, jupyter_server.serverapp, jupyterlab.labapp'`,
    `|| ${python} -I -c 'import ipykernel.kernelapp, notebook.notebookapp'`,
    `|| { echo 'slipway: Jupyter does not start'; false; }; }`,
  ].join(' ');

/** The commands that install one set of staged requirements into the environment of the base, or that of conda. */
export const installCommands = (step: InstallStep, options: InstallOptions): readonly string[] => {
  const variables = {
    ...(options.cache === undefined ? { UV_NO_CACHE: '1' } : { UV_CACHE_DIR: MOUNTS.uvCache, UV_LINK_MODE: 'copy' }),
    ...certificateVariables(options),
  };
  const python = options.conda ? BASE_IMAGE.kernelPython : BASE_IMAGE.python;
  const sitePackages = options.conda
    ? '"$KERNEL_PYTHON_PREFIX"/lib/python*/site-packages'
    : `"$NB_PYTHON_PREFIX/lib/python${withoutPatch(options.python)}/site-packages"`;
  return [
    SHARE_WITH_GROUP,
    renderExport(variables),
    ...(step.ownIndex ? [] : indexCommands(options)),
    'before="$(mktemp)"',
    renderInstall(step, { python, asOf: options.asOf }),
    renderCompile(sitePackages, python),
    'rm -f "$before"',
    // A conda environment is beside the server's, which stays as it is.
    ...(step.checksServer === true && !options.conda ? [tryServer(python)] : []),
  ];
};
