import { suiteOf } from '../../base/python-versions.ts';
import { withoutPatch } from '../python/offered-pythons.ts';

/** The R of each Debian release that a base is made of. */
const R_OF_SUITE: Readonly<Record<string, string>> = { trixie: '4.5', bookworm: '4.2' };
const NEWEST = '4.5';

/** Which R (x.y) an image with this Python has: that of the Debian release below it. */
export const rOf = (python: string): string => R_OF_SUITE[suiteOf(withoutPatch(python))] ?? NEWEST;

/** Every R that there is with one of these Pythons, in their order. */
export const listRs = (pythons: readonly string[]): readonly string[] => [...new Set(pythons.map(rOf))];

const numbersOf = (version: string): readonly number[] => version.split(/[.-]/).map(Number);

/** Whether an x.y of R may be at least a version of any length: its patch version is not known here. */
export const mayReach = (r: string, version: string): boolean => {
  const [[major = 0, minor = 0], [wantedMajor = 0, wantedMinor = 0]] = [numbersOf(r), numbersOf(version)];
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
};
