const FIRST_CONTROL_OPCODE = 8;
const PING_OPCODE = 9;
const NOTHING = Buffer.alloc(0);

/** How many bytes say the length of a payload that is too long for the seven bits of the second byte. */
const countLengthBytes = (short: number): number => {
  if (short < 126) return 0;
  return short === 126 ? 2 : 8;
};

/** Where the WebSocket frame (RFC 6455 5.2) that begins at `start` ends; undefined while its header is not complete. */
const findFrameEnd = (bytes: Buffer, start: number): number | undefined => {
  const second = bytes[start + 1];
  if (second === undefined) return undefined;
  const lengthBytes = countLengthBytes(second & 127);
  const payload = start + 2 + lengthBytes + (second & 128 ? 4 : 0);
  if (payload > bytes.length) return undefined;
  if (lengthBytes === 0) return payload + (second & 127);
  return payload + (lengthBytes === 2 ? bytes.readUInt16BE(start + 2) : Number(bytes.readBigUInt64BE(start + 2)));
};

/**
 * Reads the headers of a stream of WebSocket frames that may be cut anywhere, and calls `onData` once for each frame
 * that carries data, `onPing` for each ping; pongs and closes are neither. Payloads are skipped, never kept.
 */
export const createFrameScanner = (onData: () => void, onPing?: () => void): ((chunk: Buffer) => void) => {
  /** What there is of a header that was cut. */
  let begun = NOTHING;
  let payloadLeft = 0;
  return (chunk) => {
    const bytes = begun.length === 0 ? chunk : Buffer.concat([begun, chunk]);
    let start = payloadLeft;
    while (start < bytes.length) {
      const end = findFrameEnd(bytes, start);
      if (end === undefined) break;
      const opcode = (bytes[start] ?? 0) & 15;
      if (opcode < FIRST_CONTROL_OPCODE) onData();
      if (opcode === PING_OPCODE) onPing?.();
      start = end;
    }
    payloadLeft = Math.max(0, start - bytes.length);
    begun = start < bytes.length ? Buffer.from(bytes.subarray(start)) : NOTHING;
  };
};
