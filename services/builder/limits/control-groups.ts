import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What one step of a build may use. */
export type StepLimits = {
  /** What it may write to the file system of the image. */
  readonly diskBytes: number;
  readonly memoryBytes: number;
  /** Cores; 0 for all. */
  readonly cpus: number;
  readonly pids: number;
};

type Controller = 'memory' | 'cpu' | 'pids';

/** The control group that BuildKit made for one step that runs now. */
export type StepGroup = {
  readonly name: string;
  /** Where the files of a controller are: one place for all in version 2 of control groups. */
  readonly directories: Readonly<Record<Controller, string>>;
};

/**
 * Where the BuildKit of an engine puts its steps (moby's and BuildKit's executors): below docker/buildkit, or with
 * systemd beside the containers, whose ids are 64 hexadecimal digits long.
 */
const PLACES = [
  { parent: 'docker/buildkit', name: /^[0-9a-z]{20,}$/ },
  { parent: 'system.slice', name: /^docker-[0-9a-z]{20,30}\.scope$/ },
] as const;

const isUnified = (root: string): boolean => existsSync(join(root, 'cgroup.controllers'));

const ignoreMissing = async <T>(action: Promise<T>, instead: T): Promise<T> => {
  try {
    return await action;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENODEV', 'ESRCH'].includes(code)) return instead;
    throw error;
  }
};

/** The groups of the build steps that run now, whoever's build it is. `root` is usually /sys/fs/cgroup. */
export const listStepGroups = async (root: string): Promise<StepGroup[]> => {
  const top = (controller: Controller): string => (isUnified(root) ? root : join(root, controller));
  const places = PLACES.map(async ({ parent, name }) => {
    const names = await ignoreMissing(readdir(join(top('memory'), parent)), []);
    const directory = (controller: Controller, child: string): string => join(top(controller), parent, child);
    return names
      .filter((child) => name.test(child))
      .map((child) => ({
        name: child,
        directories: {
          memory: directory('memory', child),
          cpu: directory('cpu', child),
          pids: directory('pids', child),
        },
      }));
  });
  return (await Promise.all(places)).flat();
};

const PERIOD_US = 100_000;

/** What is written where, in order: the files of version 1 or version 2, of which a group has only the ones or the others. */
const settingsOf = ({ memoryBytes, cpus, pids }: StepLimits): readonly (readonly [Controller, string, string])[] => [
  ['pids', 'pids.max', String(pids)],
  ['memory', 'memory.limit_in_bytes', String(memoryBytes)],
  ['memory', 'memory.memsw.limit_in_bytes', String(memoryBytes)],
  ['memory', 'memory.max', String(memoryBytes)],
  ['memory', 'memory.swap.max', '0'],
  ...(cpus === 0
    ? []
    : ([
        ['cpu', 'cpu.cfs_quota_us', String(Math.round(cpus * PERIOD_US))],
        ['cpu', 'cpu.max', `${Math.round(cpus * PERIOD_US)} ${PERIOD_US}`],
      ] as const)),
];

/** Sets the limits of a step; one that is over meanwhile is no failure. Throws where groups may not be changed. */
export const limitStepGroup = async ({ directories }: StepGroup, limits: StepLimits): Promise<void> => {
  for (const [controller, file, value] of settingsOf(limits)) {
    const path = join(directories[controller], file);
    if (existsSync(path)) await ignoreMissing(writeFile(path, value, { flag: 'r+' }), undefined);
  }
};

/** The id of the step's first process; '' when there is none any more. */
export const readStepProcess = async ({ directories }: StepGroup): Promise<string> => {
  const processes = await ignoreMissing(readFile(join(directories.memory, 'cgroup.procs'), 'utf8'), '');
  return processes.split('\n', 1)[0] ?? '';
};

/** The last argument of the step's first process, which of a RUN is the instruction's text; '' while there is none. */
export const readStepCommand = async (group: StepGroup): Promise<string> => {
  const pid = await readStepProcess(group);
  if (pid === '') return '';
  const words = (await ignoreMissing(readFile(join('/proc', pid, 'cmdline'), 'utf8'), '')).split('\0').slice(0, -1);
  return words[0] === 'runc' ? '' : (words.at(-1) ?? '');
};
