import { stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { SlipwayError } from '../../../contracts/slipway-error.ts';
import { countBytes, makeSizeError, toArchiveError, type Amounts, type ExtractOptions } from './archive-limits.ts';
import { createArchiveTree, type ArchiveTree } from './archive-tree.ts';
import { storeStep } from './store-step.ts';
import { readZipEntry, type ZipEntry } from './zip-entry.ts';

/** What is worth saying about an archive that was unpacked. */
export type ExtractReport = { readonly legacyNames: readonly string[] };

/** No system has longer paths. */
const MAX_TARGET_BYTES = 4096;

type Extraction = {
  readonly zip: ZipFile;
  readonly tree: ArchiveTree;
  readonly amounts: Amounts;
  readonly options: ExtractOptions;
};

/** The bytes of an entry, counted; yauzl holds them to the size that the entry states. */
const readBytes = async function* ({ zip, amounts, options }: Extraction, entry: Entry): AsyncGenerator<Buffer> {
  const count = countBytes(amounts, 'unpacked', options);
  let checksum = 0;
  for await (const chunk of count((await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>)) {
    checksum = crc32(chunk, checksum);
    yield chunk;
  }
  if (checksum !== entry.crc32) throw new Error('the checksum of an entry is wrong');
};

const readTarget = (extraction: Extraction, entry: Entry): Promise<string> => {
  if (entry.uncompressedSize > MAX_TARGET_BYTES) throw new Error('a link is too long');
  return text(readBytes(extraction, entry));
};

const storeEntry = async (extraction: Extraction, entry: Entry, found: ZipEntry): Promise<void> => {
  const linkname = found.type === 'symlink' ? await readTarget(extraction, entry) : undefined;
  const step = extraction.tree.add({ name: found.name, type: found.type, linkname });
  const open = (): AsyncIterable<Buffer> => readBytes(extraction, entry);
  if (step !== undefined) await storeStep(step, extraction.options.into, { isExecutable: found.isExecutable, open });
};

const storeEntries = async (extraction: Extraction): Promise<ExtractReport> => {
  const { zip, options } = extraction;
  const legacyNames: string[] = [];
  let stated = 0;
  for await (const entry of zip.eachEntry()) {
    options.signal.throwIfAborted();
    stated += entry.uncompressedSize;
    if (stated > options.maxBytes) throw makeSizeError('The archive', options.maxBytes);
    const found = readZipEntry(entry);
    if (found.isLegacyName) legacyNames.push(found.name);
    await storeEntry(extraction, entry, found);
  }
  return { legacyNames };
};

const openZip = async (path: string, maxEntries: number): Promise<ZipFile> => {
  const zip = await openPromise(path, { autoClose: false, decodeStrings: false });
  // What goes wrong while no entry is waited for is found again by the next one.
  zip.on('error', () => undefined);
  if (zip.entryCount <= maxEntries) return zip;
  zip.close();
  throw new SlipwayError('FETCH_TOO_LARGE', { message: `The archive has more than ${maxEntries} entries.` });
};

/**
 * Unpacks a zip into an empty directory by the rules of createArchiveTree and within the limits; only what its central
 * directory names. Throws FETCH_ARCHIVE_INVALID or FETCH_TOO_LARGE, and the signal's reason; what was written until
 * then stays in `into`.
 */
export const extractZip = async (path: string, options: ExtractOptions): Promise<ExtractReport> => {
  let zip: ZipFile | undefined;
  try {
    zip = await openZip(path, options.maxEntries);
    const amounts: Amounts = { packed: (await stat(path)).size, unpacked: 0 };
    return await storeEntries({ zip, tree: createArchiveTree(options.maxEntries), amounts, options });
  } catch (error) {
    options.signal.throwIfAborted();
    throw toArchiveError(error);
  } finally {
    zip?.close();
  }
};
