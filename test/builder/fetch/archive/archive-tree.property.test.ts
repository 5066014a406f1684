import fc from 'fast-check';
import { posix } from 'node:path';
import { describe, it } from 'vitest';
import { createArchiveTree, type ArchiveEntry } from '../../../../services/builder/fetch/archive/archive-tree.ts';
import { SlipwayError } from '../../../../services/contracts/slipway-error.ts';

describe('the rules of an archive', () => {
  it('let nothing out, whatever the names are', () => {
    const part = fc.constantFrom('..', '.', '', 'a', 'b', 'C:', '\\', '\0', '__MACOSX');
    const name = fc.oneof(
      fc.string(),
      fc.array(part, { maxLength: 6 }).map((parts) => parts.join('/')),
    );
    const type = fc.constantFrom('file', 'directory', 'symlink', 'link', 'fifo');
    const entry = fc.record({ name, type, linkname: name });
    const isInside = (path: string): boolean => {
      const [first] = posix.normalize(path).split('/');
      return !posix.isAbsolute(path) && first !== '..';
    };
    const isSafe = (entries: readonly ArchiveEntry[]): boolean => {
      try {
        const tree = createArchiveTree(100);
        return entries.map((entry) => tree.add(entry)).every((step) => step === undefined || isInside(step.path));
      } catch (error) {
        return error instanceof SlipwayError;
      }
    };
    fc.assert(fc.property(fc.array(entry, { maxLength: 8 }), isSafe), { numRuns: 10_000 });
  });
});
