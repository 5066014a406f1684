import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExtractOptions } from './archive-limits.ts';
import { extractTar } from './extract-tar.ts';
import { extractZip } from './extract-zip.ts';

type ArchiveKind = 'zip' | 'tar' | 'tar.gz';

const SUFFIXES: readonly (readonly [RegExp, ArchiveKind])[] = [
  [/\.zip$/i, 'zip'],
  [/\.(tar\.gz|tgz)$/i, 'tar.gz'],
  [/\.tar$/i, 'tar'],
];

/** How the bytes of each kind begin, and where: a local header or the end of an empty zip, gzip, POSIX tar. */
const MAGIC: Readonly<Record<ArchiveKind, { readonly at: number; readonly any: readonly string[] }>> = {
  zip: { at: 0, any: ['PK\x03\x04', 'PK\x05\x06'] },
  'tar.gz': { at: 0, any: ['\x1f\x8b'] },
  tar: { at: 257, any: ['ustar'] },
};
const MAGIC_BYTES = 262;

/** The kind that a name promises: an .xlsx is a zip as well, and is no archive to the person who uploaded it. */
export const parseArchiveKind = (name: string): ArchiveKind | undefined =>
  SUFFIXES.find(([suffix]) => suffix.test(name))?.[1];

const hasMagic = async (path: string, kind: ArchiveKind): Promise<boolean> => {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC_BYTES), 0, MAGIC_BYTES, 0);
  const text = buffer.subarray(0, bytesRead).toString('latin1');
  return MAGIC[kind].any.some((magic) => text.startsWith(magic, MAGIC[kind].at));
};

/** A directory that holds nothing but another one is entered once; a single file stays where it is. */
export const findTop = async (directory: string): Promise<string> => {
  const entries = await readdir(directory, { withFileTypes: true });
  const [only] = entries;
  return entries.length === 1 && only?.isDirectory() === true ? join(directory, only.name) : directory;
};

type Unpacked = { readonly directory: string; readonly notices: readonly string[] };

const describeNames = ([first, ...more]: readonly string[]): readonly string[] => {
  if (first === undefined) return [];
  const also = more.length === 0 ? '' : ` and ${more.length} more`;
  return [`Not UTF-8, and read as code page 437: ${JSON.stringify(first)}${also}`];
};

const extract = async (path: string, kind: ArchiveKind, options: ExtractOptions): Promise<readonly string[]> => {
  if (kind === 'zip') return describeNames((await extractZip(path, options)).legacyNames);
  await extractTar(createReadStream(path), { ...options, isGzipped: kind === 'tar.gz' });
  return [];
};

/**
 * Makes a directory of the only file of a record: of an archive what is in it, else the file itself. The archive is
 * at `path` and called `name`; it is gone afterwards.
 */
export const unpack = async (path: string, name: string, options: ExtractOptions): Promise<Unpacked> => {
  const { into } = options;
  await mkdir(into);
  const kind = parseArchiveKind(name);
  if (kind !== undefined && (await hasMagic(path, kind))) {
    const notices = await extract(path, kind, options);
    await rm(path);
    return { directory: await findTop(into), notices: [`Unpacked ${name}`, ...notices] };
  }
  await rename(path, join(into, name));
  return { directory: into, notices: [`${name} is no archive, whatever its name says; it stays as it is`] };
};
