import type { ErrorCode } from '../contracts/errors.ts';
import { ERRORS } from '../contracts/errors.ts';

/** How a command of Slipway ends, so that scripts can tell whose turn it is; docs/user/command-line.md lists them. */
export const EXIT_CODES = { ok: 0, repository: 1, usage: 2, build: 3, infrastructure: 4, interrupted: 130 } as const;

/** Errors of the command line itself: what was typed cannot be done, wherever and however often it is tried. */
const USAGE: readonly ErrorCode[] = [
  'CONFIG_INVALID',
  'CONFIG_FILE_UNREADABLE',
  'REPO_SPEC_INVALID',
  'REPO_PROVIDER_UNKNOWN',
  'LOCK_INVALID',
];

/**
 * The exit code of an error, from what the catalogue says of it: what may go better another time, and what this
 * machine lacks, is the infrastructure; a build that ran and failed is told apart from a repository that is wrong.
 */
export const exitCodeOf = (code: ErrorCode): number => {
  if (code === 'BUILD_CANCELLED') return EXIT_CODES.interrupted;
  if (USAGE.includes(code)) return EXIT_CODES.usage;
  if (ERRORS[code].retry || code.startsWith('CONFIG_')) return EXIT_CODES.infrastructure;
  return code.startsWith('BUILD_') ? EXIT_CODES.build : EXIT_CODES.repository;
};
