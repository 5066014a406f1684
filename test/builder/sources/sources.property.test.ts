import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RequirementLine } from '../../../services/builder/detect/detection.ts';
import { parseFetched } from '../../../services/builder/sources/fetched-requirements.ts';
import { nameCommit, parseRequirementSource } from '../../../services/builder/sources/requirement-source.ts';
import { SlipwayError } from '../../../services/contracts/slipway-error.ts';

const RUNS = { numRuns: 10_000 };
const COMMIT = 'a'.repeat(40);
const ADDRESS = { kind: 'address', option: '--requirement', url: 'https://example.org/dir/r.txt' } as const;

const PIECES = ['x @ ', 'git+', 'https://', 'h/', 'x', '@', '#', ';', ' ', '--hash=', 'sha256=', '-r ', '..', '\\'];

/** Text that looks like what is parsed, in any order. */
const soup = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 12 })
  .map((parts) => parts.join(''));

/** Whether a line of a fetched file leads nowhere but to the network, or to an absolute path of the image. */
const isOutside = (line: RequirementLine): boolean => {
  if (line.kind === 'address') return /^https?:\/\//.test(line.url);
  if (line.kind === 'local') return /(?:^|\s)\//.test(line.text);
  return line.kind === 'requirement' || (line.kind === 'option' && (!line.isLocal || line.value.startsWith('/')));
};

/** What is not as it should be with what becomes of a fetched text. */
const problemsOf = (text: string): readonly unknown[] => {
  try {
    return parseFetched(ADDRESS, Buffer.from(text)).lines.filter((line) => !isOutside(line));
  } catch (error) {
    return error instanceof SlipwayError && error.code.startsWith('DETECT_') ? [] : [error];
  }
};

describe('hostile requirements', () => {
  it('have a source or none, and a commit takes the place of a ref and of nothing else', () => {
    fc.assert(
      fc.property(soup, (text) => {
        const source = parseRequirementSource(text);
        const named = source?.kind === 'git' ? nameCommit(text, source.address, COMMIT) : `@${COMMIT}`;
        expect(named).toContain(`@${COMMIT}`);
        expect(parseRequirementSource(named)?.kind).not.toBe('git');
      }),
      RUNS,
    );
  });

  it('that were fetched are understood, or refused with a code, and never reach into the repository', () => {
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'binary' })), (text) => {
        expect(problemsOf(text)).toEqual([]);
      }),
      RUNS,
    );
  });
});
