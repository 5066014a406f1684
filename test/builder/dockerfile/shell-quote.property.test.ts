import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderExport, renderRun } from '../../../services/builder/dockerfile/run-instruction.ts';
import { shellQuote } from '../../../services/builder/dockerfile/shell-quote.ts';

const PIECES = [
  "'", '"', '\\', '$', '`', '\n', '\r', '\t', ' ', '!', '*', '?', '~', '#', '&', ';', '|', '<', '>', '(', ')', '{', '}', '[', ']',
  '-', '=', '%', '$(id)', '${HOME}', 'ü', '😀', '\u2028', "'\\''", 'a', '\\\n', '<<EOF', '\u0001', '\u007f',
]; // prettier-ignore
const hostile = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'grapheme', maxLength: 4 })), { maxLength: 12 })
  .map((pieces) => pieces.join('').replaceAll('\0', ''));

const INPUTS = 10_000;
/** As many as one shell is given at once: a shell for each would take minutes. */
const BATCH = 250;
const batches = { numRuns: INPUTS / BATCH };
const batchOf = (value: fc.Arbitrary<string>) => fc.array(value, { minLength: BATCH, maxLength: BATCH, size: 'max' });

const runShell = (script: string): string[] =>
  execFileSync('/bin/sh', [], { input: script, encoding: 'utf8', env: {} }).split('\0').slice(0, -1);

/** What the shell of a RUN makes of the lines of a Dockerfile: continuations are Docker's to join. */
const joinContinuations = (instruction: string): string => instruction.replace(/^RUN /, '').replaceAll(/\\\n/g, ' ');

describe('10,000 hostile texts, quoted and read back by /bin/sh', () => {
  it('as words of a command', () => {
    fc.assert(
      fc.property(batchOf(hostile), (words) => {
        expect(runShell(`printf '%s\\0' ${words.map(shellQuote).join(' ')}`)).toEqual(words);
      }),
      batches,
    );
  });

  it('as values of variables in one RUN, where a line break is refused', () => {
    const oneLine = hostile.map((text) => text.replaceAll(/[\r\n]/g, ' ').replaceAll('\\ ', ' '));
    fc.assert(
      fc.property(batchOf(oneLine), (values) => {
        const commands = values.flatMap((value) => [renderExport({ VALUE: value }), `printf '%s\\0' "$VALUE"`]);
        expect(runShell(joinContinuations(renderRun([], commands)))).toEqual(values);
      }),
      batches,
    );
    const breaking = fc.tuple(hostile, fc.constantFrom('\n', '\r'), hostile).map((parts) => parts.join(''));
    fc.assert(
      fc.property(breaking, (value) => {
        expect(() => renderRun([], [renderExport({ VALUE: value })])).toThrow(RangeError);
      }),
    );
  });
});
