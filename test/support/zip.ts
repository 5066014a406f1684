import { crc32, deflateRawSync } from 'node:zlib';
import type { GitFiles } from './git-files.ts';

/** An entry; what is not given is as a well-behaved program on Unix writes it. */
export type ZipPart = {
  readonly name: string | Uint8Array;
  readonly data?: string | Uint8Array;
  /** With the type, as stat gives it. */
  readonly mode?: number;
  /** The system it was made on: 3 is Unix, 0 MS-DOS. */
  readonly host?: number;
  readonly flags?: number;
  readonly method?: number;
  /** Goes over the right checksum. */
  readonly crc?: number;
  /** Goes over the right size. */
  readonly size?: number;
  readonly extra?: Uint8Array;
  /** Names the bytes of the first entry again instead of having its own. */
  readonly overlaps?: boolean;
};

type Fields = readonly (readonly [size: 2 | 4, value: number])[];

const writeFields = (fields: Fields): Buffer =>
  Buffer.concat(
    fields.map(([size, value]) => {
      const buffer = Buffer.alloc(size);
      buffer.writeUIntLE(value >>> 0, 0, size);
      return buffer;
    }),
  );

const TIME: Fields = [
  [2, 0],
  [2, 0x5821],
];

const makeEntry = ({ name, data = '', method = 8, ...part }: ZipPart) => {
  const bytes = Buffer.from(data);
  const packed = method === 8 ? deflateRawSync(bytes) : bytes;
  const nameBytes = Buffer.from(name);
  const flags = part.flags ?? (typeof name === 'string' ? 0x800 : 0);
  const extra = Buffer.from(part.extra ?? []);
  const shared: Fields = [
    [2, flags],
    [2, method],
    ...TIME,
    [4, part.crc ?? crc32(bytes)],
    [4, packed.length],
    [4, part.size ?? bytes.length],
    [2, nameBytes.length],
    [2, extra.length],
  ];
  const local = Buffer.concat([writeFields([[4, 0x04034b50], [2, 20], ...shared]), nameBytes, extra, packed]);
  const central = (offset: number): Buffer => {
    const made = ((part.host ?? 3) << 8) | 20;
    const attributes = (part.mode ?? 0o100644) * 2 ** 16;
    const tail: Fields = [
      [2, 0],
      [2, 0],
      [2, 0],
      [4, attributes],
      [4, offset],
    ];
    return Buffer.concat([writeFields([[4, 0x02014b50], [2, made], [2, 20], ...shared, ...tail]), nameBytes, extra]);
  };
  return { local, central, overlaps: part.overlaps === true };
};

/** A zip of exactly these entries, whatever they say. */
export const makeZip = (parts: readonly ZipPart[]): Buffer => {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { local, central, overlaps } of parts.map(makeEntry)) {
    centrals.push(central(overlaps ? 0 : offset));
    if (overlaps) continue;
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end: Fields = [
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, parts.length],
    [2, parts.length],
    [4, directory.length],
    [4, offset],
    [2, 0],
  ];
  return Buffer.concat([...locals, directory, writeFields(end)]);
};

/** The zip of a tree, as `zip --symlinks` makes it. */
export const zipFiles = (files: GitFiles): Buffer =>
  makeZip(
    Object.entries(files).flatMap(([name, file]): ZipPart[] => {
      if (typeof file === 'string' || file instanceof Uint8Array) return [{ name, data: file }];
      if ('link' in file) return [{ name, data: file.link, mode: 0o120777, method: 0 }];
      return 'text' in file ? [{ name, data: file.text, mode: 0o100000 | file.mode }] : [];
    }),
  );
