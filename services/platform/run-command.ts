import { execa } from 'execa';
import { redactCredentials } from './redact-credentials.ts';

export type CommandOptions = {
  readonly cwd?: string;
  /** The whole environment of the command: nothing is inherited. */
  readonly env?: Record<string, string>;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  readonly maxOutputBytes?: number;
};

export type CommandResult = {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
};

const MAX_OUTPUT = 16 * 1024 * 1024;

const startCommand = (command: string, args: readonly string[], options: CommandOptions) =>
  execa(command, [...args], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env, extendEnv: false }),
    maxBuffer: options.maxOutputBytes ?? MAX_OUTPUT,
    stdin: 'ignore',
    reject: false,
    detached: true,
  });

/** Signals a whole process group; one that is gone already is what was wanted. */
export const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
};

const GRACE_MS = 2000;

/** Ends the whole process group: a child that outlives its parent would hold the pipes open, and stay behind. */
const endGroup = (pid: number | undefined): void => {
  if (pid === undefined) return;
  signalGroup(pid, 'SIGTERM');
  setTimeout(() => signalGroup(pid, 'SIGKILL'), GRACE_MS).unref();
};

/**
 * Runs a program with an argument array (never a shell string) and waits for it. A non-zero exit is a result;
 * only an abort throws, with the signal's reason.
 */
export const runCommand = async (
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> => {
  const timeout = options.timeoutMs === undefined ? undefined : AbortSignal.timeout(options.timeoutMs);
  const over = AbortSignal.any([timeout, options.signal].filter((signal) => signal !== undefined));
  over.throwIfAborted();
  const running = startCommand(command, args, options);
  const end = (): void => endGroup(running.pid);
  over.addEventListener('abort', end);
  try {
    const { exitCode, stdout, stderr } = await running;
    options.signal?.throwIfAborted();
    return { exitCode, stdout, stderr: redactCredentials(stderr), timedOut: timeout?.aborted ?? false };
  } finally {
    over.removeEventListener('abort', end);
  }
};
