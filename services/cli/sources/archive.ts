import { createArchiveClient } from '../../archives/archive-client.ts';
import { toRepository } from '../../archives/archive-record.ts';
import { findRecord } from '../../archives/find-record.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { createAddressGuard } from '../../platform/address-guard.ts';
import { createGuardedRequest } from '../../platform/guarded-request.ts';
import type { Source } from './source.ts';

/** A DOI, or the address of a record of Zenodo, Figshare, Hydroshare, Dataverse or CKAN. */
export const resolveArchive: Source = async (text, { settings, signal }) => {
  const limit = AbortSignal.timeout(settings.lookupTimeoutSeconds * 1000);
  const request = createGuardedRequest(createAddressGuard(settings.allowHosts));
  try {
    const client = createArchiveClient(request, AbortSignal.any([signal, limit]));
    const record = await findRecord(text, settings.archives, client);
    return record === undefined ? undefined : { repository: toRepository(record) };
  } catch (error) {
    signal.throwIfAborted();
    throw limit.aborted ? new SlipwayError('REPO_UNREACHABLE', { cause: error }) : error;
  }
};
