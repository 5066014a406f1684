import { createArchiveClient } from '../../../archives/archive-client.ts';
import { toRepository, type ArchiveRecord } from '../../../archives/archive-record.ts';
import type { ArchiveSettings } from '../../../archives/archive-settings.ts';
import { findRecord } from '../../../archives/find-record.ts';
import type { ResolvedRepository } from '../../../contracts/repository.ts';
import { SlipwayError } from '../../../contracts/slipway-error.ts';
import type { ContentFetcher } from '../content-fetcher.ts';
import { createRecordFetcher, type RecordFetcherOptions } from './record-fetcher.ts';

export type ArchiveFetcherOptions = Omit<RecordFetcherOptions, 'record'> & { readonly archives: ArchiveSettings };

/** A record without versions may have changed since it was looked up: what is built must be what its name says. */
const checkVersion = (record: ArchiveRecord | undefined, { cloneUrl, commit }: ResolvedRepository): ArchiveRecord => {
  if (record !== undefined && toRepository(record).commit === commit) return record;
  throw new SlipwayError('FETCH_COMMIT_MISSING', {
    message: `The record at ${cloneUrl} has changed since it was looked up.`,
    hint: 'Launch it again to get what it is now.',
  });
};

/** Fetches the version of a record that a request names by its page; keeps the promises of ContentFetcher. */
export const createArchiveFetcher = ({ archives, ...options }: ArchiveFetcherOptions): ContentFetcher => ({
  async *fetch(request, into, signal) {
    const { repository } = request;
    const limit = AbortSignal.timeout(options.timeoutMs);
    const client = createArchiveClient(options.request, AbortSignal.any([signal, limit]));
    const found = await findRecord(repository.cloneUrl, archives, client).catch((error: unknown) => {
      signal.throwIfAborted();
      throw limit.aborted ? new SlipwayError('FETCH_TIMEOUT', { cause: error }) : error;
    });
    const record = checkVersion(found, repository);
    return yield* createRecordFetcher({ ...options, record }).fetch(request, into, signal);
  },
});
