import { compareNumbers, isCompatible, parseCompat } from './julia-compat.ts';

/**
 * The newest release of each x.y that is known here, newest first: with one list, one commit gives one version. Others
 * are taken when a repository names them in full.
 */
const RELEASES = [
  '1.13.1',
  '1.12.6',
  '1.11.7',
  '1.10.10',
  '1.9.4',
  '1.8.5',
  '1.7.3',
  '1.6.7',
  '1.5.4',
  '1.4.2',
  '1.3.1',
];
const OLDEST = [1, 3, 0];

export const DEFAULT_JULIA = RELEASES[0] ?? '';

/** The versions that errors show. */
export const describeJulias = (): string => `${RELEASES[0]} and older, to 1.3`;

const numbersOf = (version: string): readonly number[] => version.split('.').map(Number);

/** The x.y.z of a manifest's julia_version, which may be of a build before a release; undefined for what is none. */
export const readReleased = (version: string): string | undefined => {
  const [, released] = /^(\d{1,3}\.\d{1,3}\.\d{1,3})(?:[-+][\w.+-]*)?$/.exec(version) ?? [];
  return released !== undefined && compareNumbers(numbersOf(released), OLDEST) >= 0 ? released : undefined;
};

/**
 * The newest known release that an entry of [compat] allows, else the oldest version that it names itself: that may be
 * newer than this list. Gives undefined when there is none, 'invalid' for what is no entry.
 */
export const chooseJulia = (compat: string): string | undefined => {
  const ranges = parseCompat(compat);
  if (ranges === undefined) return 'invalid';
  const named = ranges.map(({ from }) => from).toSorted(compareNumbers);
  const candidates = [...RELEASES, ...named.map((numbers) => numbers.join('.'))];
  return candidates.find(
    (version) => isCompatible(numbersOf(version), ranges) && compareNumbers(numbersOf(version), OLDEST) >= 0,
  );
};
