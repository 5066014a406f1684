import { SlipwayError } from '../../contracts/slipway-error.ts';

/** A part of a spec in plain text; throws REPO_SPEC_INVALID when its percent-encoding is broken. */
export const decodeSpec = (encoded: string): string => {
  try {
    return decodeURIComponent(encoded);
  } catch (cause) {
    throw new SlipwayError('REPO_SPEC_INVALID', {
      message: 'The repository address has a % that is not followed by two hexadecimal digits of UTF-8 text.',
      cause,
    });
  }
};
