import * as fc from 'fast-check';

/**
 * Text of any code points, halves of pairs among them. The library's own `unit: 'binary'` first makes a table of all of
 * them, which takes longer than most files of tests.
 */
export const anyText = (constraints: { readonly maxLength?: number } = {}): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 0x10_ff_ff }), constraints).map((points) => String.fromCodePoint(...points));
