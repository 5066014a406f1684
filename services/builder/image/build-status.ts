/** A step of BuildKit's graph, as it is reported each time that something about it changes. */
export type Vertex = {
  readonly digest: string;
  readonly name: string;
  readonly cached: boolean;
  /** Seconds since 1970. */
  readonly started: number | undefined;
  readonly completed: number | undefined;
  readonly error: string;
};

/** A piece of a step's output, cut anywhere. */
export type VertexLog = { readonly vertex: string; readonly stream: number; readonly data: Buffer };

export type BuildStatus = { readonly vertexes: readonly Vertex[]; readonly logs: readonly VertexLog[] };

type Field = { readonly number: number; readonly varint: bigint; readonly bytes: Buffer };

const NO_BYTES = Buffer.alloc(0);
const FIXED_SIZES: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

const readVarint = (message: Buffer, start: number): { readonly value: bigint; readonly next: number } => {
  let value = 0n;
  for (let next = start, shift = 0n; next < message.length; next += 1, shift += 7n) {
    const byte = message.readUInt8(next);
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return { value, next: next + 1 };
  }
  throw new RangeError('the message ends inside of a number');
};

const readFieldAt = (message: Buffer, offset: number): { readonly field: Field; readonly next: number } => {
  const key = readVarint(message, offset);
  const number = Number(key.value >> 3n);
  const wire = Number(key.value & 7n);
  if (wire === 0) {
    const { value, next } = readVarint(message, key.next);
    return { field: { number, varint: value, bytes: NO_BYTES }, next };
  }
  const length = wire === 2 ? readVarint(message, key.next) : { value: FIXED_SIZES[wire], next: key.next };
  if (length.value === undefined) throw new RangeError(`wire type ${wire} is not one of protobuf 3`);
  const next = length.next + Number(length.value);
  if (next > message.length) throw new RangeError('the message ends inside of a field');
  return { field: { number, varint: 0n, bytes: message.subarray(length.next, next) }, next };
};

/** The fields of a protobuf message in the order of the wire; unknown ones are among them. */
const readFields = (message: Buffer): Field[] => {
  const fields: Field[] = [];
  for (let offset = 0; offset < message.length;) {
    const { field, next } = readFieldAt(message, offset);
    fields.push(field);
    offset = next;
  }
  return fields;
};

const find = (fields: readonly Field[], number: number): Field | undefined =>
  fields.findLast((field) => field.number === number);
const readText = (fields: readonly Field[], number: number): string =>
  find(fields, number)?.bytes.toString('utf8') ?? '';

const readTime = (fields: readonly Field[], number: number): number | undefined => {
  const bytes = find(fields, number)?.bytes;
  if (bytes === undefined) return undefined;
  const parts = readFields(bytes);
  return Number(find(parts, 1)?.varint ?? 0n) + Number(find(parts, 2)?.varint ?? 0n) / 1e9;
};

const readVertex = (fields: readonly Field[]): Vertex => ({
  digest: readText(fields, 1),
  name: readText(fields, 3),
  cached: find(fields, 4)?.varint === 1n,
  started: readTime(fields, 5),
  completed: readTime(fields, 6),
  error: readText(fields, 7),
});

const readLog = (fields: readonly Field[]): VertexLog => ({
  vertex: readText(fields, 1),
  stream: Number(find(fields, 3)?.varint ?? 0n),
  data: find(fields, 4)?.bytes ?? NO_BYTES,
});

/**
 * Decodes what an engine sends as `moby.buildkit.trace`: BuildKit's StatusResponse (control.proto), of which
 * vertexes are field 1 and logs field 3. Throws RangeError for bytes that are not such a message.
 */
export const parseBuildStatus = (base64: string): BuildStatus => {
  const fields = readFields(Buffer.from(base64, 'base64'));
  const read = <T>(number: number, make: (inner: readonly Field[]) => T): T[] =>
    fields.filter((field) => field.number === number).map(({ bytes }) => make(readFields(bytes)));
  return { vertexes: read(1, readVertex), logs: read(3, readLog) };
};
