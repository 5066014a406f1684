import type { EngineInfo } from './check-engine.ts';
import { fail, ok, warn, type Finding } from './finding.ts';
import { compareNumbers, numbersOf } from './version-numbers.ts';

/**
 * What Node.js is supported on, here and in the images (BUILDING.md of Node.js since 18). runc needs less: 4.15, which
 * with version 2 of control groups is the first to control devices (docs/cgroup-v2.md of runc); and overlay2 4.0.
 */
const LEAST_KERNEL = '4.18';

/**
 * What runc recommends with version 2 of control groups: earlier kernels cannot freeze a group (docs/cgroup-v2.md of
 * runc). Those before 5.0 do not name the group in their report of a lack of memory (oom_memcg=), from which we say why
 * a step of a build was killed.
 */
const GOOD_KERNEL = '5.2';

const isBefore = (version: string, first: string): boolean => compareNumbers(numbersOf(version), numbersOf(first)) < 0;

const UPDATE = 'Update the system of the engine’s machine';

/** Whether the kernel of the engine's machine is one on which Slipway runs, and does all that it can. */
export const checkKernel = ({ KernelVersion = '' }: EngineInfo): Finding => {
  if (numbersOf(KernelVersion)[0] === 0)
    return warn('kernel', 'the engine does not tell its version', `See to it that it is ${GOOD_KERNEL} or later.`);
  if (isBefore(KernelVersion, LEAST_KERNEL))
    return fail(
      'kernel',
      KernelVersion,
      `${UPDATE}: its kernel must be ${LEAST_KERNEL} or later, better ${GOOD_KERNEL}.`,
    );
  if (isBefore(KernelVersion, GOOD_KERNEL))
    return warn(
      'kernel',
      `${KernelVersion}, which is older than version 2 of control groups wants`,
      `${UPDATE} to one with a kernel of ${GOOD_KERNEL} or later.`,
    );
  return ok('kernel', KernelVersion);
};

const UNIFIED =
  'Start the engine’s machine with systemd.unified_cgroup_hierarchy=1, or update its system: Debian has version 2 since 11, Ubuntu since 21.10, RHEL since 9.';

/**
 * Which control groups hold sessions and builds to their limits. Version 1 does, but systemd has not had it since 258
 * and runc will not have it after May 2029 (docs/deprecated.md of runc).
 */
export const checkControlGroups = ({ CgroupVersion, CgroupDriver, CpuCfsQuota }: EngineInfo): Finding => {
  const part = 'control groups';
  if (CgroupDriver === 'none')
    return fail(
      part,
      'the engine uses none: no limit is in force',
      'Run the engine as root, or with version 2 of them.',
    );
  if (CpuCfsQuota === false)
    return fail(part, 'the engine cannot limit processors', 'Use a kernel that has CONFIG_CFS_BANDWIDTH.');
  if (CgroupVersion === '2') return ok(part, 'version 2');
  // Engines before 20.10 know version 1 alone, and do not say so.
  return warn(part, 'version 1, which is about to go', UNIFIED);
};

const OVERLAYS = ['overlay2', 'overlayfs'];

/** Whether layers are on overlays, whose files are measured while a step of a build or a session writes them. */
export const checkStorage = ({ Driver = '', DriverStatus }: EngineInfo): Finding => {
  const status = new Map(DriverStatus ?? []);
  if (!OVERLAYS.includes(Driver))
    return warn(
      'storage',
      `${Driver || 'unknown'}, where what a step of a build writes is seen only when it is over`,
      'Let the engine use overlay2: the kernel needs overlayfs, and its directory a file system of its own such as ext4 or xfs.',
    );
  if (status.get('Supports d_type') === 'false')
    return fail(
      'storage',
      `${Driver} on a file system that does not tell kinds of files (d_type)`,
      'Put the engine’s directory on ext4, or on xfs made with -n ftype=1.',
    );
  if (status.get('Native Overlay Diff') === 'false')
    return warn(
      'storage',
      `${Driver}, with features of overlayfs that make builds slow`,
      'Load the module overlay with redirect_dir=off and metacopy=off, and restart the engine.',
    );
  return ok('storage', Driver);
};
