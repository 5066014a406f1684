import type { InstallStep } from '../../contracts/build-plan.ts';
import { MOUNTS, RECORD } from './image-layout.ts';
import { renderInstall, type Target } from './render-install.ts';
import type { Mount } from './run-instruction.ts';

/**
 * Installing wheels only. Nothing of the packages runs, so what the machine has of earlier installations is in reach and
 * stays what it is: that is why all programs are those of the base, and none is started from what was installed.
 */
export type Wheels = {
  /** Name of the cache of packages. */
  readonly cache: string;
  /** The base image. */
  readonly base: string;
  /** An earlier environment on that base, which only the difference is applied to. */
  readonly start?: string | undefined;
};

const BASE_PYTHON = `${MOUNTS.baseEnvironment}/bin/python`;
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The cache, and the environment of the base as it is. */
export const wheelsMounts = ({ cache, base }: Wheels): readonly Mount[] => [
  { type: 'cache', id: cache, target: MOUNTS.uvCache, uid: '1000', gid: '1000' },
  { type: 'bind', from: base, source: '/srv/conda/envs/notebook', target: MOUNTS.baseEnvironment },
];

/** Commands that leave no program on the path but those of the base. */
export const prepareWheels: readonly string[] = [
  'tools="$(mktemp -d)"',
  `ln -s ${MOUNTS.baseEnvironment}/bin/uv "$tools/uv"`,
  `export PATH="$tools:${SYSTEM_PATH}"`,
];

/**
 * What compiles: the Python of the base, because another may be called as it is after the installation. It keeps byte
 * code from one installation to the next.
 */
export const WHEELS_COMPILER = {
  python: `"$(readlink -f ${BASE_PYTHON})"`,
  store: `${MOUNTS.uvCache}/slipway-bytecode`,
} as const;

/** The Python that the recording program asks the index for. */
export const WHEELS_PYTHON = BASE_PYTHON;

/** One installation into the environment of the base: what is asked for, and where its packages are. */
export type WheelsStep = { readonly step: InstallStep; readonly target: Target; readonly sitePackages: string };

/**
 * Commands in place of an installation into the base that give the same. What would be installed there is asked first,
 * so versions are chosen as if nothing but the base were there; then only the difference is removed and installed.
 */
const installOnEarlier = ({ step, target, sitePackages }: WheelsStep): readonly string[] => [
  'changes="$(mktemp -d)"',
  `{ ${renderInstall(step, { ...target, python: BASE_PYTHON })} --no-build --dry-run 2> "$changes/answer" || { cat "$changes/answer" >&2; false; }; }`,
  `/usr/bin/python3 -I -S ${MOUNTS.install}/start-from.py ${MOUNTS.baseEnvironment} "$changes/answer" ${RECORD.lock} ${sitePackages} "$changes"`,
  `xargs -r -a "$changes/removed" uv pip uninstall --no-config --python ${target.python}`,
  `${renderInstall(step, target)} --no-build --constraint "$changes/pins"`,
  'rm -rf "$changes"',
];

/** The commands that install wheels into the environment of the base, or of an earlier one. */
export const installWheels = ({ start }: Wheels, install: WheelsStep): readonly string[] =>
  start === undefined ? [`${renderInstall(install.step, install.target)} --no-build`] : installOnEarlier(install);
