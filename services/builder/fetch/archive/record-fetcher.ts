import { join } from 'node:path';
import { createArchiveClient, toRequestError, type ArchiveClient } from '../../../archives/archive-client.ts';
import type { ArchiveRecord, RecordFile } from '../../../archives/archive-record.ts';
import { SlipwayError } from '../../../contracts/slipway-error.ts';
import type { GuardedRequest } from '../../../platform/guarded-request.ts';
import type { ContentFetcher } from '../content-fetcher.ts';
import { findSubdirectory } from '../find-subdirectory.ts';
import { makeSizeError } from './archive-limits.ts';
import { createArchiveTree } from './archive-tree.ts';
import { downloadFile } from './download-file.ts';
import { parseArchiveKind, unpack } from './unpack.ts';

export type RecordFetcherOptions = {
  readonly record: ArchiveRecord;
  readonly request: GuardedRequest;
  readonly timeoutMs: number;
  readonly maxBytes: number;
};

const MAX_FILES = 20_000;
const MAX_ENTRIES = 200_000;
/** For a record that does not say when it was released: the first time that every format of archives can hold. */
const NO_TIME = Date.UTC(1980, 0, 2) / 1000;

/** A file to download, and where to: a path below the directory that is fetched into. */
type Download = { readonly file: RecordFile; readonly path: string };

/** Names come from an API, and are trusted no more than those of an archive. */
const listDownloads = ({ files }: ArchiveRecord): readonly Download[] => {
  const tree = createArchiveTree(MAX_FILES);
  return files.flatMap((file) => {
    const step = tree.add({ name: file.name, type: 'file' });
    return step === undefined ? [] : [{ file, path: step.path }];
  });
};

const checkDownloads = ({ title }: ArchiveRecord, downloads: readonly Download[], maxBytes: number): void => {
  if (downloads.length === 0)
    throw new SlipwayError('REPO_NOT_FOUND', {
      message: `The ${title} has no file that can be fetched.`,
      hint: 'Files may be restricted, under embargo, or not published yet.',
    });
  if (downloads.reduce((sum, { file }) => sum + (file.size ?? 0), 0) > maxBytes)
    throw makeSizeError('The record', maxBytes);
};

const describeChecks = (downloads: readonly Download[]): string => {
  const count = (key: 'size' | 'checksum'): string =>
    `${downloads.filter(({ file }) => file[key] !== undefined).length} of ${downloads.length}`;
  return `Verified ${count('size')} sizes and ${count('checksum')} checksums\n`;
};

type Fetching = { readonly client: ArchiveClient; readonly into: string; readonly maxBytes: number };

const downloadAll = async (downloads: readonly Download[], { client, into, maxBytes }: Fetching): Promise<void> => {
  let left = maxBytes;
  for (const { file, path } of downloads) {
    const body = await client.open({ url: file.url, what: `file ${file.name}` });
    left -= await downloadFile(body, file, { path: join(into, path), maxBytes: left });
  }
};

/** The archive that is all of a record: downloaded beside the directory that it is unpacked into. */
const fetchArchive = async function* (
  { file, path }: Download,
  { client, into, maxBytes }: Fetching,
  signal: AbortSignal,
): AsyncGenerator<string, string> {
  const download = { file, path: 'download' };
  await downloadAll([download], { client, into, maxBytes });
  yield describeChecks([download]);
  const limits = { into: join(into, 'content'), maxBytes, maxEntries: MAX_ENTRIES, signal };
  const name = path.split('/').at(-1) ?? path;
  const { directory, notices } = await unpack(join(into, download.path), name, limits);
  for (const notice of notices) yield `${notice}\n`;
  return directory;
};

const fetchRecord = async function* (
  { record, request, maxBytes }: RecordFetcherOptions,
  into: string,
  signal: AbortSignal,
): AsyncGenerator<string, string> {
  const downloads = listDownloads(record);
  yield `Fetching ${downloads.length === 1 ? '1 file' : `${downloads.length} files`} of ${record.title}\n`;
  for (const reason of record.omitted) yield `Left out: ${reason}\n`;
  checkDownloads(record, downloads, maxBytes);
  const fetching = { client: createArchiveClient(request, signal), into, maxBytes };
  const [first] = downloads;
  const isArchive = downloads.length === 1 && record.isUnpacked && parseArchiveKind(first?.path ?? '') !== undefined;
  if (isArchive && first !== undefined) return yield* fetchArchive(first, fetching, signal);
  await downloadAll(downloads, fetching);
  yield describeChecks(downloads);
  return into;
};

/**
 * Fetches the files of one version of a record of any archive; keeps the promises of ContentFetcher. A record of
 * nothing but one zip or tar is what is in it.
 */
export const createRecordFetcher = (options: RecordFetcherOptions): ContentFetcher => ({
  async *fetch(request, into, signal) {
    const limit = AbortSignal.timeout(options.timeoutMs);
    try {
      const directory = yield* fetchRecord(options, into, AbortSignal.any([signal, limit]));
      const committedAt = options.record.releasedAt ?? NO_TIME;
      return { directory: await findSubdirectory(directory, request.subdir ?? ''), committedAt };
    } catch (error) {
      signal.throwIfAborted();
      if (limit.aborted) throw new SlipwayError('FETCH_TIMEOUT', { cause: error });
      throw toRequestError(error, 'The archive');
    }
  },
});
