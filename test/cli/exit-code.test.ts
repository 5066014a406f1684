import { describe, expect, it } from 'vitest';
import { EXIT_CODES, exitCodeOf } from '../../services/cli/exit-code.ts';
import { ERRORS, type ErrorCode } from '../../services/contracts/errors.ts';

describe('exit codes', () => {
  it.each<[ErrorCode, number]>([
    ['CONFIG_INVALID', 2],
    ['REPO_SPEC_INVALID', 2],
    ['REPO_REF_NOT_FOUND', 1],
    ['FETCH_TOO_LARGE', 1],
    ['DETECT_RUNTIME_INVALID', 1],
    ['BUILD_POSTBUILD_FAILED', 3],
    ['BUILD_PACKAGE_NOT_FOUND', 3],
    ['BUILD_INDEX_UNREACHABLE', 4],
    ['BUILD_ENGINE_UNAVAILABLE', 4],
    ['CONFIG_PORT_IN_USE', 4],
    ['LAUNCH_INTERNAL', 4],
    ['BUILD_CANCELLED', 130],
  ])('tell %s by %i', (code, expected) => {
    expect(exitCodeOf(code)).toBe(expected);
  });

  it('never call a failure a success, and are all documented ones', () => {
    const codes = (Object.keys(ERRORS) as ErrorCode[]).map(exitCodeOf);
    expect(codes).not.toContain(EXIT_CODES.ok);
    expect(codes.filter((code) => !(Object.values(EXIT_CODES) as number[]).includes(code))).toEqual([]);
  });
});
