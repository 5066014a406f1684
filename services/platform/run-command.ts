import { execa } from 'execa';
import { redactCredentials } from './logger.ts';

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
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    maxBuffer: options.maxOutputBytes ?? MAX_OUTPUT,
    stdin: 'ignore',
    reject: false,
    forceKillAfterDelay: 2000,
  });

/**
 * Runs a program with an argument array (never a shell string) and waits for it. A non-zero exit is a result;
 * only an abort throws, with the signal's reason.
 */
export const runCommand = async (
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> => {
  const { exitCode, stdout, stderr, timedOut } = await startCommand(command, args, options);
  options.signal?.throwIfAborted();
  return { exitCode, stdout, stderr: redactCredentials(stderr), timedOut };
};
