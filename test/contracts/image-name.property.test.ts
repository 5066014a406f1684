import fc from 'fast-check';
import { describe, it } from 'vitest';
import { makeImageName } from '../../services/contracts/image-name.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';
const name = (canonical: string, subdir?: string): string =>
  makeImageName({ prefix: 'slipway/', canonical, commit, subdir });

/** The grammar of image references: path components and a tag. */
const REFERENCE =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*:[\w][\w.-]{0,127}$/;

describe('makeImageName', () => {
  it('is a valid image reference whatever the repository is called', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (canonical) => REFERENCE.test(name(canonical)) && name(canonical).length < 200,
      ),
    );
  });
});
