import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Extract, type Header } from 'tar-stream';
import { countBytes, toArchiveError, type Amounts, type ExtractOptions } from './archive-limits.ts';
import { createArchiveTree, type ArchiveTree } from './archive-tree.ts';
import { storeStep } from './store-step.ts';

/** An entry as tar-stream gives it: its bytes, and what its header says. */
type Entry = Readable & { readonly header: Header };

const storeEntries = async (reader: Extract, tree: ArchiveTree, into: string): Promise<void> => {
  for await (const entry of reader as AsyncIterable<Entry>) {
    const { name, type, linkname, mode } = entry.header;
    const step = tree.add({ name, type: type ?? 'file', linkname: linkname ?? undefined });
    if (step !== undefined)
      await storeStep(step, into, { isExecutable: ((mode ?? 0) & 0o111) !== 0, open: () => entry });
    if (step?.kind !== 'file') entry.resume();
  }
};

/**
 * Unpacks a .tar or .tar.gz stream into an empty directory by the rules of createArchiveTree and within the limits.
 * Throws FETCH_ARCHIVE_INVALID or FETCH_TOO_LARGE, and the signal's reason; what was written until then stays in `into`.
 */
export const extractTar = async (
  archive: Readable,
  options: ExtractOptions & { readonly isGzipped: boolean },
): Promise<void> => {
  const { into, maxEntries, signal, isGzipped } = options;
  const amounts: Amounts = { packed: 0, unpacked: 0 };
  const reader = extract();
  const count = (key: keyof Amounts) => countBytes(amounts, key, options);
  const stages = [count('packed'), isGzipped ? createGunzip() : new PassThrough(), count('unpacked'), reader] as const;
  const results = await Promise.allSettled([
    storeEntries(reader, createArchiveTree(maxEntries), into),
    pipeline(archive, ...stages, { signal }),
  ]);
  signal.throwIfAborted();
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (errors.length > 0) throw toArchiveError(...errors);
};
