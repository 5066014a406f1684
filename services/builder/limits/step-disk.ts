import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../platform/run-command.ts';
import { readStepProcess, type StepGroup } from './control-groups.ts';

/** Measuring reads all names below a directory, so there is a pause after it. */
const PAUSE_MS = 2000;

/**
 * The directory of this machine that takes what a process writes to its root file system, from its list of mounts
 * (proc(5), mountinfo); undefined where the root is no overlay.
 */
export const parseUpperDirectory = (mounts: string): string | undefined => {
  const root = mounts.split('\n').find((line) => / \/ \S+ .*- overlay /.test(line) && line.split(' ')[4] === '/');
  return /,upperdir=(\/[^,\s]+)/.exec(root ?? '')?.[1];
};

const findUpperDirectory = async (group: StepGroup): Promise<string | undefined> => {
  const pid = await readStepProcess(group);
  if (pid === '') return undefined;
  return parseUpperDirectory(await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => ''));
};

/** Bytes on the disk; what vanishes meanwhile does not count. */
const measure = async (directory: string): Promise<number> => {
  const { stdout } = await runCommand('du', ['-sk', '--', directory], { timeoutMs: 60_000 });
  return 1024 * Number(/^\d+/.exec(stdout)?.[0] ?? 0);
};

export type StepDiskOptions = {
  /** The steps that are watched, as they are now. */
  readonly groups: () => readonly StepGroup[];
  readonly maxBytes: number;
  readonly onExceeded: () => void;
};

/** Runs `onExceeded` once when a step has written more than it may, until the scope that holds it ends. */
export const watchStepDisk = ({ groups, maxBytes, onExceeded }: StepDiskOptions): AsyncDisposable => {
  const end = new AbortController();
  const isExceeded = async (): Promise<boolean> => {
    for (const group of groups()) {
      const directory = await findUpperDirectory(group);
      if (directory !== undefined && (await measure(directory)) > maxBytes) return true;
    }
    return false;
  };
  const watch = async (): Promise<void> => {
    while (!(await isExceeded())) await sleep(PAUSE_MS, undefined, { signal: end.signal });
    if (!end.signal.aborted) onExceeded();
  };
  const watching = watch().catch(() => undefined);
  return {
    [Symbol.asyncDispose]: async () => {
      end.abort();
      await watching;
    },
  };
};
