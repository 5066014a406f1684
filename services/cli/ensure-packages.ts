import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { ErrorCode } from '../contracts/errors.ts';
import { SlipwayError } from '../contracts/slipway-error.ts';
import { runCommand } from '../platform/run-command.ts';
import type { Report } from './report.ts';

/** A program that must be there, and the Debian package that brings it. */
export type RequiredProgram = { readonly program: string; readonly package: string };

type EnsureOptions = { readonly report: Report; readonly env: NodeJS.ProcessEnv; readonly code: ErrorCode };

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Whether a program is on the search path, or among the system programs that a user's path may lack. */
const hasProgram = (program: string, env: NodeJS.ProcessEnv): boolean =>
  [...(env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'].some((directory) =>
    isExecutable(join(directory, program)),
  );

const canInstall = (): boolean => process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

const APT_ENVIRONMENT = { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };

const runApt = async (args: readonly string[], { env, code }: EnsureOptions): Promise<void> => {
  const inherited = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const { exitCode, stderr, stdout } = await runCommand('apt-get', args, { env: { ...inherited, ...APT_ENVIRONMENT } });
  if (exitCode === 0) return;
  const lastLines = `${stdout}\n${stderr}`.trim().split('\n').slice(-8).join('\n');
  throw new SlipwayError(code, { message: `apt-get ${args.join(' ')} failed:\n${lastLines}` });
};

/**
 * Sees to it that programs are there: installs their packages on Debian and Ubuntu as root and says so, otherwise
 * throws `code` with the command that a person can run.
 */
export const ensurePackages = async (required: readonly RequiredProgram[], options: EnsureOptions): Promise<void> => {
  const missing = required.filter(({ program }) => !hasProgram(program, options.env));
  if (missing.length === 0) return;
  const packages = missing.map((entry) => entry.package);
  if (!canInstall()) {
    throw new SlipwayError(options.code, {
      message: `These programs are missing: ${missing.map(({ program }) => program).join(', ')}.`,
      hint: `Install them, on Debian or Ubuntu with: sudo apt-get install ${packages.join(' ')}`,
    });
  }
  options.report(`Installing ${packages.join(', ')} with apt-get…`);
  await runApt(['update', '--quiet'], options);
  await runApt(['install', '--yes', '--quiet', '--no-install-recommends', ...packages], options);
};
