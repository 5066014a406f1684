import { setTimeout as sleep } from 'node:timers/promises';
import type { BuildFailure } from '../stages/make-build-error.ts';
import { limitStepGroup, listStepGroups, readStepCommand, type StepGroup, type StepLimits } from './control-groups.ts';
import { parseKernelLog, type Excess } from './kernel-log.ts';

/** One build that is watched, until the scope that holds it ends. */
export type StepWatch = AsyncDisposable & {
  /** Which limit made a step fail, as the kernel tells it; undefined when none did. */
  explain(failure: BuildFailure): Promise<Excess | undefined>;
};

/** Holds the steps of builds to their limits of memory, CPU and processes. */
export interface StepGuard {
  readonly limits: StepLimits;
  watch(): StepWatch;
}

export type StepGuardParts = {
  /** The file system of control groups. */
  readonly root: string;
  readonly limits: StepLimits;
  readonly readKernelLog: () => Promise<string>;
};

/** A step is held from about this long after it began; the engine needs longer than that to start its program. */
const INTERVAL_MS = 50;

/** The commands of the steps that were seen, by the names of their groups; '' until it is known. */
type Seen = Map<string, string>;

const squash = (text: string): string => text.replaceAll(/[\s\\]+/g, ' ').trim();

const isStepOf = (command: string, { failedStep }: BuildFailure): boolean =>
  command !== '' && squash(failedStep).includes(squash(command));

const note = async (seen: Seen, group: StepGroup): Promise<void> => {
  if (!seen.get(group.name)) seen.set(group.name, await readStepCommand(group));
};

/**
 * Whether a step is held now; not yet where it uses more already than it may, which version 1 of control groups
 * refuses. The engine may leave groups without a process behind, which take no limit any more.
 */
const hold = async (group: StepGroup, limits: StepLimits): Promise<boolean> => {
  try {
    await limitStepGroup(group, limits);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EBUSY';
  }
};

/**
 * Guards the steps that the BuildKit of this machine's engine runs. Its builds take no limits, so the control group of
 * each step is given them from outside, as soon as it is there, while a build is watched.
 */
export const createStepGuard = ({ root, limits, readKernelLog }: StepGuardParts): StepGuard => {
  const watches = new Set<Seen>();
  const limited = new Set<string>();
  let polling: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    for (const group of await listStepGroups(root).catch(() => [])) {
      if (!limited.has(group.name) && (await hold(group, limits))) limited.add(group.name);
      for (const seen of watches) await note(seen, group);
    }
  };
  const poll = async (): Promise<void> => {
    while (watches.size > 0) {
      await look();
      await sleep(INTERVAL_MS);
    }
    limited.clear();
    polling = undefined;
  };

  return {
    limits,
    watch: () => {
      const seen: Seen = new Map();
      watches.add(seen);
      polling ??= poll();
      return {
        explain: async (failure) => {
          const excesses = parseKernelLog(await readKernelLog());
          const own = [...seen].filter(([, command]) => watches.size === 1 || isStepOf(command, failure));
          const found = own.flatMap(([name]) => excesses.get(name) ?? []);
          return found.includes('memory') ? 'memory' : found[0];
        },
        [Symbol.asyncDispose]: async () => {
          watches.delete(seen);
          if (watches.size === 0) await polling;
        },
      };
    },
  };
};
