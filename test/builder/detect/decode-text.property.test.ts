import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlipwayError } from '../../../services/contracts/slipway-error.ts';
import { decodeText, type DecodeOptions } from '../../../services/builder/detect/decode-text.ts';

const latin1 = { file: 'requirements.txt', otherwise: 'latin1' } as const;
const strict = { file: 'apt.txt', otherwise: 'refuse' } as const;

/** The text, or the code of the error; anything else that is thrown fails the test. */
const decodeOrCode = (bytes: Uint8Array, options: DecodeOptions): string => {
  try {
    return decodeText(bytes, options);
  } catch (error) {
    if (error instanceof SlipwayError && error.code === 'DETECT_FILE_UNREADABLE') return error.code;
    throw error;
  }
};

describe('decodeText', () => {
  it('gives text without marks and CRs, or says that it cannot, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(latin1, strict), (bytes, options) => {
        expect(decodeOrCode(bytes, options)).not.toMatch(/[\r\0]/);
      }),
      { numRuns: 10_000 },
    );
  });
});
