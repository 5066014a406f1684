import { getFileNameLowLevel, type Entry } from 'yauzl';
import { SlipwayError } from '../../../contracts/slipway-error.ts';

/** What a zip says about one of its entries, before anybody trusted it. */
export type ZipEntry = {
  readonly name: string;
  /** Whether the name had to be guessed: it is no UTF-8. */
  readonly isLegacyName: boolean;
  readonly type: 'file' | 'directory' | 'symlink' | 'special file';
  readonly isExecutable: boolean;
};

/** Bits of the general purpose flag: encrypted, strongly encrypted, central directory encrypted (APPNOTE 4.4.4). */
const ENCRYPTED = 0x0001 | 0x0040 | 0x2000;
/** Hosts whose external attributes hold a Unix mode: Unix and macOS (APPNOTE 4.4.2). */
const UNIX_HOSTS = new Set([3, 19]);
/** Hosts on which a backslash is a separator, which some programs write: MS-DOS, OS/2, NTFS. */
const DOS_HOSTS = new Set([0, 6, 10]);
const DEFLATE = 8;

const TYPES: Readonly<Record<number, ZipEntry['type']>> = {
  0: 'file',
  0o040000: 'directory',
  0o100000: 'file',
  0o120000: 'symlink',
};

/**
 * Names are UTF-8 when they can be, whatever the flag says: macOS and many libraries do not set it. Others are read
 * as the format says, from the Unicode extra field or as code page 437.
 */
const decodeName = (entry: Entry): Pick<ZipEntry, 'name' | 'isLegacyName'> => {
  const raw = entry.fileNameRaw;
  const text = raw.toString();
  const isLegacyName = !Buffer.from(text).equals(raw);
  const name = isLegacyName ? getFileNameLowLevel(0, raw, entry.extraFields, true) : text;
  return { name: DOS_HOSTS.has(entry.versionMadeBy >> 8) ? name.replaceAll('\\', '/') : name, isLegacyName };
};

const refuse = (name: string, why: string): SlipwayError =>
  new SlipwayError('FETCH_ARCHIVE_INVALID', {
    message: `The archive has an entry ${JSON.stringify(name.slice(0, 200))} that ${why}.`,
  });

/** Reads an entry. Throws FETCH_ARCHIVE_INVALID for one that is encrypted or compressed by other means than Deflate. */
export const readZipEntry = (entry: Entry): ZipEntry => {
  const { name, isLegacyName } = decodeName(entry);
  if ((entry.generalPurposeBitFlag & ENCRYPTED) !== 0) throw refuse(name, 'is encrypted');
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== DEFLATE)
    throw refuse(name, `is compressed by method ${entry.compressionMethod}, not by Deflate`);
  const mode = UNIX_HOSTS.has(entry.versionMadeBy >> 8) ? entry.externalFileAttributes >>> 16 : 0;
  const type = name.endsWith('/') ? 'directory' : (TYPES[mode & 0o170000] ?? 'special file');
  return { name, isLegacyName, type, isExecutable: (mode & 0o111) !== 0 };
};
