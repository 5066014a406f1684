import { createArchiveClient } from '../../../services/archives/archive-client.ts';
import type { ArchiveRecord } from '../../../services/archives/archive-record.ts';
import type { ArchiveSettings } from '../../../services/archives/archive-settings.ts';
import { findRecord } from '../../../services/archives/find-record.ts';
import { createAddressGuard } from '../../../services/platform/address-guard.ts';
import { createGuardedRequest, type GuardedRequest } from '../../../services/platform/guarded-request.ts';
import type { ArchiveServer } from './archive-server.ts';

/** Requests that reach a server of a test, or no server at all. */
export const requestTo = (...servers: readonly Pick<ArchiveServer, 'host'>[]): GuardedRequest =>
  createGuardedRequest(createAddressGuard(servers.map(({ host }) => host)));

/** What a text names when every archive is this server. */
export const findOn = (
  server: ArchiveServer,
  text: string,
  settings: ArchiveSettings = server.settings,
): Promise<ArchiveRecord | undefined> =>
  findRecord(text, settings, createArchiveClient(requestTo(server), AbortSignal.timeout(20_000)));
