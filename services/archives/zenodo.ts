import { Type, type Static } from 'typebox';
import type { ArchiveClient } from './archive-client.ts';
import { parseChecksum, parseFileUrl, parseTime, type ArchiveRecord, type RecordFile } from './archive-record.ts';
import type { ArchiveSettings } from './archive-settings.ts';

/** A record of Zenodo or of another installation of InvenioRDM. */
export type ZenodoAddress = { readonly origin: string; readonly id: string };

const PATH = /^\/(?:api\/)?(?:records?\/|doi\/10\.\d+\/zenodo\.)([A-Za-z0-9-]+)(?:\/|$)/;

/** Reads the page of a record or of one of its files, `/records/ID…`, `/record/ID…` and `/doi/10.5281/zenodo.ID`. */
export const parseZenodoAddress = (url: URL, { zenodoUrls }: ArchiveSettings): ZenodoAddress | undefined => {
  const origin = zenodoUrls.map((known) => new URL(known)).find(({ host }) => host === url.host)?.origin;
  const [, id] = PATH.exec(url.pathname) ?? [];
  return origin === undefined || id === undefined ? undefined : { origin, id };
};

const Record = Type.Object({
  id: Type.Union([Type.Integer(), Type.String({ pattern: '^[A-Za-z0-9-]+$' })]),
  doi: Type.Optional(Type.String()),
  created: Type.Optional(Type.String()),
});

const Entry = Type.Object({
  key: Type.String(),
  size: Type.Optional(Type.Integer({ minimum: 0 })),
  checksum: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  status: Type.Optional(Type.String()),
  links: Type.Object({ content: Type.String() }),
});
const Files = Type.Object({ entries: Type.Optional(Type.Array(Entry)) });

const isComplete = ({ status = 'completed' }: Static<typeof Entry>): boolean => status === 'completed';

const makeFile =
  (base: URL) =>
  ({ key, size, checksum, links }: Static<typeof Entry>): RecordFile => ({
    name: key,
    url: parseFileUrl(links.content, base),
    size,
    checksum: parseChecksum(checksum),
  });

/**
 * The record and its files. What is asked for by the id of a concept, all versions of a record, is answered with a
 * redirect to the newest one; its id is the version.
 */
export const findZenodoRecord = async (address: ZenodoAddress, client: ArchiveClient): Promise<ArchiveRecord> => {
  const asked = new URL(`/api/records/${address.id}`, address.origin);
  const record = await client.json({ url: asked, what: `record ${address.id}` }, Record);
  const id = String(record.id);
  const url = new URL(`/api/records/${id}/files`, address.origin);
  const { entries = [] } = await client.json({ url, what: `files of record ${id}` }, Files);
  const page = `${address.origin}/records/${id}`;
  return {
    provider: 'zenodo',
    title: `record ${id} of ${url.host}`,
    canonical: `${url.host}/records/${id}`,
    version: id,
    url: page,
    persistentSpec: record.doi ?? page,
    releasedAt: parseTime(record.created),
    files: entries.filter(isComplete).map(makeFile(url)),
    omitted: entries.filter((entry) => !isComplete(entry)).map(({ key }) => `${key} is still a draft`),
    isUnpacked: true,
  };
};
