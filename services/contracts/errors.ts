import type { ErrorSpec } from './errors/error-spec.ts';
import { BUILD_ERRORS } from './errors/build.ts';
import { CONFIGURATION_FILES_ERRORS } from './errors/configuration-files.ts';
import { LAUNCH_ERRORS } from './errors/launch.ts';
import { OPERATION_ERRORS } from './errors/operation.ts';
import { REPOSITORY_ERRORS } from './errors/repository.ts';
import { SESSION_ERRORS } from './errors/session.ts';

/** The one list of everything that can go wrong, by stage; docs/reference/errors.md is generated from it. */
export const ERRORS = {
  ...REPOSITORY_ERRORS,
  ...CONFIGURATION_FILES_ERRORS,
  ...BUILD_ERRORS,
  ...SESSION_ERRORS,
  ...LAUNCH_ERRORS,
  ...OPERATION_ERRORS,
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof ERRORS;
