const HEADER = 8;
const MAX_BYTES = 8 * 1024;

/** The engine puts eight bytes before each piece: stream number, three zeros, length (big-endian). */
const joinPieces = (raw: Buffer): Buffer => {
  const pieces: Buffer[] = [];
  for (let offset = 0; offset + HEADER <= raw.length;) {
    const end = offset + HEADER + raw.readUInt32BE(offset + 4);
    pieces.push(raw.subarray(offset + HEADER, end));
    offset = end;
  }
  return Buffer.concat(pieces);
};

/** The last whole lines of a container's log, at most 8 KiB; tokens in addresses are taken out. */
export const renderContainerLog = (raw: Buffer): string => {
  const all = joinPieces(raw);
  const tail = all.subarray(-MAX_BYTES);
  const text = tail.toString('utf8');
  const whole = tail.length === all.length ? text : text.slice(text.indexOf('\n') + 1);
  return whole.replaceAll(/\btoken=[^\s&"']+/g, 'token=…');
};
