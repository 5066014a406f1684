import { existsSync, statfsSync } from 'node:fs';
import type { Settings } from '../../contracts/settings.ts';
import type { DockerEngine } from '../../platform/docker-engine.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

/** What of the engine's account of itself is looked at. */
export type EngineInfo = {
  readonly SystemTime?: string;
  readonly DockerRootDir?: string;
  readonly Runtimes?: Readonly<Record<string, unknown>>;
  readonly SecurityOptions?: readonly string[];
  readonly PidsLimit?: boolean;
  readonly MemoryLimit?: boolean;
  readonly SwapLimit?: boolean;
  readonly CpuCfsQuota?: boolean;
  readonly KernelVersion?: string;
  readonly CgroupVersion?: string;
  readonly CgroupDriver?: string;
  readonly Driver?: string;
  readonly DriverStatus?: readonly (readonly [string, string])[] | null;
};

export const readEngineInfo = (engine: DockerEngine): Promise<EngineInfo> => engine.info() as Promise<EngineInfo>;

const GIB = 1024 ** 3;
const LEAST_BYTES = 5 * GIB;
const MOST_SKEW_MS = 5000;

/** What sessions rely on to be held in. */
export const checkConfinement = (info: EngineInfo): Finding => {
  const options = info.SecurityOptions ?? [];
  const missing = [
    ...(options.some((option) => option.includes('seccomp')) ? [] : ['filters of system calls']),
    ...(info.PidsLimit === false ? ['limits of processes'] : []),
    ...(info.MemoryLimit === false ? ['limits of memory'] : []),
  ];
  if (missing.length > 0)
    return fail('confinement', `the engine has no ${missing.join(', ')}`, 'Use an engine and a kernel that have them.');
  if (info.SwapLimit === false)
    return warn('confinement', 'the engine cannot limit swap', 'Start the kernel with swapaccount=1, or without swap.');
  // Sessions bring a filter of their own.
  if (options.some((option) => /seccomp.*profile=unconfined/.test(option)))
    return warn(
      'confinement',
      'the engine filters no system calls of builds',
      'Start the engine without --seccomp-profile=unconfined.',
    );
  const has = options.some((option) => option.includes('userns')) ? 'with' : 'without';
  return ok('confinement', `system calls, processes and memory are limited, ${has} user namespaces`);
};

/** Whether the runtime of the settings is one that the engine has. */
export const checkRuntime = ({ Runtimes = {} }: EngineInfo, { isolation }: Settings): Finding => {
  const { runtime } = isolation;
  if (runtime === '') return ok('runtime', 'the engine’s own');
  if (runtime in Runtimes) return ok('runtime', runtime);
  return fail(
    'runtime',
    `the engine has none named ${runtime}`,
    `Install it, or set isolation.runtime to one of ${Object.keys(Runtimes).join(', ')}.`,
  );
};

/** Whether the engine's clock is this machine's: single-use codes and ages of sessions are compared between both. */
export const checkClock = ({ SystemTime }: EngineInfo, now: number): Finding => {
  const skew = Math.abs(Date.parse(SystemTime ?? '') - now);
  if (Number.isNaN(skew)) return warn('clock', 'the engine does not tell the time', 'Use a newer engine.');
  if (skew > MOST_SKEW_MS)
    return fail(
      'clock',
      `the engine’s differs by ${Math.round(skew / 1000)} s`,
      'Synchronize both machines, for example with chrony.',
    );
  return ok('clock', `the engine’s differs by ${skew} ms`);
};

const freeBytes = (directory: string): number => {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
};

/** Whether there is room where images and sessions are; the engine's directory may be on another machine. */
export const checkDisk = ({ DockerRootDir: directory = '' }: EngineInfo): Finding => {
  if (!existsSync(directory)) return warn('disk', 'the engine’s is not on this machine', 'Watch it there.');
  const said = `${(freeBytes(directory) / GIB).toFixed(1)} GiB free at ${directory}`;
  if (freeBytes(directory) >= LEAST_BYTES) return ok('disk', said);
  return fail('disk', said, 'Free some space, for example with slipway images --prune, and set images.highPercent.');
};
