import type { Settings } from '../../contracts/settings.ts';
import { compareVersions } from '../detect/python/offered-pythons.ts';

/** The Debian release that brings a Python version; the newest release first. */
const SUITES: Readonly<Record<string, string>> = { '3.13': 'trixie', '3.11': 'bookworm' };

const NEWEST_SUITE = 'trixie';

/** The settings that say which Python versions there are. */
export type PythonSettings = Pick<Settings['base'], 'from' | 'pythons' | 'defaultPython'>;

/** Every Python version that repositories may ask for, x.y or x.y.z, newest first. */
export const offerPythons = ({ from, pythons, defaultPython }: PythonSettings): readonly string[] => {
  const ownPythons = from === 'bootstrap' ? Object.keys(SUITES) : [];
  const offered = new Set([...(pythons.length === 0 ? ownPythons : pythons), defaultPython]);
  return [...offered].toSorted(compareVersions);
};

/** Whether a Python version is that of the system below the base; otherwise it is a build that uv installs. */
export const isSystemPython = (python: string, { from, defaultPython }: Omit<PythonSettings, 'pythons'>): boolean =>
  from === 'bootstrap' ? Object.hasOwn(SUITES, python) : python === defaultPython;

/** The Debian release that a bootstrapped base of a Python version is made of. */
export const suiteOf = (python: string): string => SUITES[python] ?? NEWEST_SUITE;
