import { setTimeout as sleep } from 'node:timers/promises';
import type { BuildFailure } from '../stages/make-build-error.ts';
import { limitStepGroup, listStepGroups, readStepCommand, type StepGroup, type StepLimits } from './control-groups.ts';
import { parseKernelLog, type Excess } from './kernel-log.ts';
import { watchStepDisk } from './step-disk.ts';
import { makeDiskError } from './step-excess.ts';

/** One build that is watched, until the scope that holds it ends. */
export type StepWatch = AsyncDisposable & {
  /** Tells that a step of the build begins, by its instruction. */
  begin(step: string): void;
  /** Aborted with BUILD_IMAGE_TOO_LARGE when a step writes more than it may. */
  readonly signal: AbortSignal;
  /** Which limit made a step fail, as the kernel tells it; undefined when none did. */
  explain(failure: BuildFailure): Promise<Excess | undefined>;
};

/** Holds the steps of builds to their limits of memory, CPU, processes and disk. */
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
const INTERVAL_MS = 25;

/** A step that was seen; its command is '' until the engine has started it. */
type SeenStep = { readonly group: StepGroup; readonly command: string; readonly asked: number };

/** The engine may leave groups without a process behind, whose command is asked for so often and no more. */
const MAX_ASKED = 100;

/** Steps that ran while a build was watched, by the names of their groups. */
type Seen = Map<string, SeenStep>;

const squash = (text: string): string => text.replaceAll(/[\s\\]+/g, ' ').trim();

const isStepOf = ({ command }: SeenStep, instruction: string): boolean =>
  command !== '' && squash(instruction).includes(squash(command));

const note = async (seen: Seen, group: StepGroup): Promise<void> => {
  const { command, asked } = seen.get(group.name) ?? { command: '', asked: 0 };
  if (command === '' && asked < MAX_ASKED)
    seen.set(group.name, { group, command: await readStepCommand(group), asked: asked + 1 });
};

/**
 * Whether a step is held now; not yet where it uses more already than it may, which version 1 of control groups
 * refuses. A group that the engine left behind may take no limit any more.
 */
const hold = async (group: StepGroup, limits: StepLimits): Promise<boolean> => {
  try {
    await limitStepGroup(group, limits);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EBUSY';
  }
};

/** Looks for steps as long as anybody wants to see them, and holds each to its limits. */
const createLookout = ({ root, limits }: StepGuardParts) => {
  const watches = new Set<Seen>();
  const held = new Set<string>();
  let polling: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    for (const group of await listStepGroups(root).catch(() => [])) {
      if (!held.has(group.name) && (await hold(group, limits))) held.add(group.name);
      for (const seen of watches) await note(seen, group);
    }
  };
  const poll = async (): Promise<void> => {
    while (watches.size > 0) {
      await look();
      await sleep(INTERVAL_MS);
    }
    held.clear();
    polling = undefined;
  };

  return {
    /** Of one build alone every step is; of several, those that run an instruction which the build began. */
    ownSteps: (seen: Seen, begun: Iterable<string>): SeenStep[] =>
      [...seen.values()].filter((step) => watches.size === 1 || [...begun].some((text) => isStepOf(step, text))),
    start: (seen: Seen): void => {
      watches.add(seen);
      polling ??= poll();
    },
    stop: async (seen: Seen): Promise<void> => {
      watches.delete(seen);
      if (watches.size === 0) await polling;
    },
  };
};

/**
 * Guards the steps that the BuildKit of this machine's engine runs. Its builds take no limits, so the control group of
 * each step is given them from outside, as soon as it is there, while a build is watched.
 */
export const createStepGuard = (parts: StepGuardParts): StepGuard => {
  const { limits, readKernelLog } = parts;
  const lookout = createLookout(parts);

  const watch = (): StepWatch => {
    const seen: Seen = new Map();
    const begun = new Set<string>();
    const full = new AbortController();
    lookout.start(seen);
    const disk = watchStepDisk({
      groups: () => lookout.ownSteps(seen, begun).map(({ group }) => group),
      maxBytes: limits.diskBytes,
      onExceeded: () => full.abort(makeDiskError(limits)),
    });
    return {
      begin: (step) => void begun.add(step),
      signal: full.signal,
      explain: async ({ failedStep }) => {
        const excesses = parseKernelLog(await readKernelLog());
        const found = lookout.ownSteps(seen, [failedStep]).flatMap(({ group }) => excesses.get(group.name) ?? []);
        return found.includes('memory') ? 'memory' : found[0];
      },
      [Symbol.asyncDispose]: async () => {
        await disk[Symbol.asyncDispose]();
        await lookout.stop(seen);
      },
    };
  };
  return { limits, watch };
};
