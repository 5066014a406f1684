import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrameScanner } from '../../../services/launcher/proxy/frame-scanner.ts';

type Frame = { readonly opcode: number; readonly length: number; readonly isMasked: boolean };

const makeFrame = ({ opcode, length, isMasked }: Frame): Buffer => {
  const mask = isMasked ? 128 : 0;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 128 | opcode;
  head[1] = mask | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, Buffer.alloc(isMasked ? 4 : 0, 0x81), Buffer.alloc(length, 0x81)]);
};

const frame = fc.record({
  opcode: fc.constantFrom(0, 1, 2, 8, 9, 10),
  length: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(125, 126, 127, 65_535, 65_536)),
  isMasked: fc.boolean(),
});

describe('the frame scanner', () => {
  it('counts frames of data, and no other, however the stream is cut', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 12 }), cuts, (frames, sizes) => {
        let counted = 0;
        const scan = createFrameScanner(() => (counted += 1));
        const stream = Buffer.concat(frames.map(makeFrame));
        for (let offset = 0, turn = 0; offset < stream.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1;
          scan(stream.subarray(offset, offset + size));
          offset += size;
        }
        expect(counted).toBe(frames.filter(({ opcode }) => opcode < 8).length);
      }),
    );
  });
});
