import { runCommand } from '../../platform/run-command.ts';

/** What the kernel kept a control group from. */
export type Excess = 'memory' | 'processes';

const SIGNS: readonly (readonly [Excess, RegExp])[] = [
  ['memory', /oom-kill:.*\boom_memcg=\S*?\/([^/,\s]+),/],
  ['processes', /fork rejected by pids controller in \S*\/([^/\s]+)/],
];

/**
 * The groups that the kernel's log says ran into a limit, by their names. The log is where this can be read afterwards:
 * a group is gone, and its counters with it, as soon as its step has ended.
 */
export const parseKernelLog = (log: string): ReadonlyMap<string, Excess> => {
  const found = new Map<string, Excess>();
  for (const line of log.split('\n'))
    for (const [excess, sign] of SIGNS) {
      const [, name] = sign.exec(line) ?? [];
      if (name !== undefined && found.get(name) !== 'memory') found.set(name, excess);
    }
  return found;
};

/** The log of this machine's kernel; '' where it may not be read. */
export const readKernelLog = async (): Promise<string> => {
  try {
    return (await runCommand('dmesg', [], { timeoutMs: 5000 })).stdout;
  } catch {
    return '';
  }
};
