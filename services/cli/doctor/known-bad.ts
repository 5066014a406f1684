import { compareNumbers, numbersOf } from './version-numbers.ts';

/** A program, and the first version of each line that has the correction of what is wrong with those before. */
export type KnownBad = { readonly program: string; readonly corrected: readonly string[]; readonly why: string };

/** Escapes and attacks that matter to what runs here, and need no more than a repository or an image to be used. */
export const KNOWN_BAD: readonly KnownBad[] = [
  {
    program: 'runc',
    corrected: ['1.2.8', '1.3.3', '1.4.0'],
    why: 'a container can reach the machine (CVE-2025-31133, CVE-2025-52565, CVE-2025-52881)',
  },
  {
    program: 'containerd',
    corrected: ['1.6.38', '1.7.27', '2.0.4'],
    why: 'an image can name a user that becomes root (CVE-2024-40635)',
  },
  {
    program: 'Docker engine',
    corrected: ['24.0.9', '25.0.2'],
    why: 'its BuildKit lets a build reach the machine (CVE-2024-23651, CVE-2024-23652, CVE-2024-23653)',
  },
  {
    program: 'git',
    corrected: ['2.43.7', '2.44.4', '2.45.4', '2.46.4', '2.47.3', '2.48.2', '2.49.1', '2.50.1'],
    why: 'a repository can have programs run when it is fetched with its submodules (CVE-2025-48384)',
  },
];

const isSameLine = (left: readonly number[], right: readonly number[]): boolean =>
  left[0] === right[0] && left[1] === right[1];

/** Whether a version is before the correction of its line, or of a line that was never corrected. */
export const isBad = (version: string, { corrected }: KnownBad): boolean => {
  const own = numbersOf(version);
  const lines = corrected.map(numbersOf);
  const line = lines.find((first) => isSameLine(first, own));
  return line === undefined ? lines.some((first) => compareNumbers(own, first) < 0) : compareNumbers(own, line) < 0;
};

/** Whether a distribution made this version, and may have put corrections into it without changing the number. */
export const isDistributed = (version: string): boolean => /[+~-](ds|dfsg|deb|ubuntu|\dubuntu)/.test(version);
