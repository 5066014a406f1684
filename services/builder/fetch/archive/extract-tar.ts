import { link, mkdir, open, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Extract, type Header } from 'tar-stream';
import { SlipwayError } from '../../../contracts/slipway-error.ts';
import { createArchiveTree, type ArchiveStep, type ArchiveTree } from './archive-tree.ts';

/** An entry as tar-stream gives it: its bytes, and what its header says. */
type Entry = Readable & { readonly header: Header };

export type ExtractOptions = {
  readonly into: string;
  readonly maxBytes: number;
  readonly maxEntries: number;
  readonly signal: AbortSignal;
};

/** No honest archive shrinks more: text reaches a tenth, and a bomb a thousandth. Small ones may be all zeros. */
const MAX_RATIO = 250;
const ALWAYS_ALLOWED_BYTES = 16 * 2 ** 20;

type Amounts = { packed: number; unpacked: number };

const checkAmounts = ({ packed, unpacked }: Amounts, maxBytes: number): void => {
  if (unpacked > maxBytes)
    throw new SlipwayError('FETCH_TOO_LARGE', {
      message: `The archive is larger than the ${Math.floor(maxBytes / 2 ** 20)} MiB that this server allows.`,
    });
  if (unpacked > ALWAYS_ALLOWED_BYTES && unpacked > packed * MAX_RATIO)
    throw new SlipwayError('FETCH_ARCHIVE_INVALID', {
      message: `The archive unpacks to more than ${MAX_RATIO} times its size, which no ordinary archive does.`,
    });
};

/** Modes are 0644 or 0755, whatever the archive says; a file that is there already is never opened. */
const writeFile = async (entry: Entry, path: string): Promise<void> => {
  const isExecutable = ((entry.header.mode ?? 0) & 0o111) !== 0;
  await using file = await open(path, 'wx', isExecutable ? 0o755 : 0o644);
  await file.writeFile(entry);
};

const carryOut = async (step: ArchiveStep, entry: Entry, into: string): Promise<void> => {
  const path = join(into, step.path);
  await mkdir(step.kind === 'directory' ? path : dirname(path), { recursive: true });
  switch (step.kind) {
    case 'directory':
      break;
    case 'file':
      return writeFile(entry, path);
    case 'link':
      await symlink(step.target, path);
      break;
    case 'hard-link':
      await link(join(into, step.target), path);
      break;
  }
  entry.resume();
};

const storeEntries = async (reader: Extract, tree: ArchiveTree, into: string): Promise<void> => {
  for await (const entry of reader as AsyncIterable<Entry>) {
    const { name, type, linkname } = entry.header;
    const step = tree.add({ name, type: type ?? 'file', linkname: linkname ?? undefined });
    if (step === undefined) entry.resume();
    else await carryOut(step, entry, into);
  }
};

const countBytes = (amounts: Amounts, key: keyof Amounts, maxBytes: number) =>
  async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      amounts[key] += chunk.length;
      checkAmounts(amounts, maxBytes);
      yield chunk;
    }
  };

const toArchiveError = (errors: readonly unknown[]): unknown => {
  const [cause] = errors;
  const known = errors.find((error) => error instanceof SlipwayError);
  const detail = cause instanceof Error ? cause.message : String(cause);
  return known ?? new SlipwayError('FETCH_ARCHIVE_INVALID', { message: `The archive is damaged: ${detail}.`, cause });
};

/**
 * Unpacks a .tar.gz stream into an empty directory by the rules of createArchiveTree and within the limits. Throws
 * FETCH_ARCHIVE_INVALID or FETCH_TOO_LARGE, and the signal's reason; what was written until then stays in `into`.
 */
export const extractTarGz = async (archive: Readable, options: ExtractOptions): Promise<void> => {
  const { into, maxBytes, maxEntries, signal } = options;
  const amounts: Amounts = { packed: 0, unpacked: 0 };
  const reader = extract();
  const count = (key: keyof Amounts) => countBytes(amounts, key, maxBytes);
  const stages = [count('packed'), createGunzip(), count('unpacked'), reader] as const;
  const results = await Promise.allSettled([
    storeEntries(reader, createArchiveTree(maxEntries), into),
    pipeline(archive, ...stages, { signal }),
  ]);
  signal.throwIfAborted();
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (errors.length > 0) throw toArchiveError(errors);
};
