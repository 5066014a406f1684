const FIRST_CONTROL_OPCODE = 8;
const PING_OPCODE = 9;

/** The length of a WebSocket frame's header (RFC 6455 5.2), as far as its first bytes tell. */
const headerLength = (header: readonly number[]): number => {
  const second = header[1];
  if (second === undefined) return 2;
  const extended = { 126: 2, 127: 8 }[second & 127] ?? 0;
  return 2 + extended + (second & 128 ? 4 : 0);
};

const payloadLength = (header: readonly number[]): number => {
  const short = (header[1] ?? 0) & 127;
  if (short < 126) return short;
  const bytes = header.slice(2, short === 126 ? 4 : 10);
  return bytes.reduce((length, byte) => length * 256 + byte, 0);
};

/**
 * Reads the headers of a stream of WebSocket frames that may be cut anywhere, and calls `onData` once for each frame
 * that carries data, `onPing` for each ping; pongs and closes are neither. Payloads are skipped, never kept.
 */
export const createFrameScanner = (onData: () => void, onPing?: () => void): ((chunk: Uint8Array) => void) => {
  let header: number[] = [];
  let payloadLeft = 0;
  const readHeaderByte = (byte: number): void => {
    header.push(byte);
    if (header.length < headerLength(header)) return;
    const opcode = (header[0] ?? 0) & 15;
    if (opcode < FIRST_CONTROL_OPCODE) onData();
    if (opcode === PING_OPCODE) onPing?.();
    payloadLeft = payloadLength(header);
    header = [];
  };
  return (chunk) => {
    for (let offset = 0; offset < chunk.length;) {
      const skipped = Math.min(payloadLeft, chunk.length - offset);
      payloadLeft -= skipped;
      offset += skipped;
      const byte = chunk[offset];
      if (payloadLeft > 0 || byte === undefined) continue;
      readHeaderByte(byte);
      offset += 1;
    }
  };
};
