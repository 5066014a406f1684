import { Type, type Static } from 'typebox';
import type { ArchiveClient } from './archive-client.ts';
import { parseChecksum, parseTime, type ArchiveRecord, type RecordFile } from './archive-record.ts';

/** A dataset of a Dataverse installation, or a file that belongs to one, as its address names it. */
export type DataverseAddress = { readonly origin: string } & (
  | {
      /** A DOI or handle: `doi:10.…/…`. */
      readonly dataset: string;
      /** `2.1`, or the newest that is published. */
      readonly version: string;
    }
  | {
      /** A number, or a DOI or handle. */
      readonly file: string;
    }
);

const LATEST = ':latest-published';
const PERSISTENT_ID = /^(doi|hdl):[^\s/]+\/\S+$/;

/**
 * Reads `/dataset.xhtml?persistentId=…[&version=…]`, `/citation?…`, `/file.xhtml?persistentId=…` or `fileId=…`, and
 * `/api/access/datafile/ID`, on any host; undefined for other addresses.
 */
export const parseDataverseAddress = (url: URL): DataverseAddress | undefined => {
  const { origin, searchParams: query, pathname } = url;
  if (!/^https?:$/.test(url.protocol)) return undefined;
  const id = query.get('persistentId') ?? '';
  const [, page] = /\/(dataset\.xhtml|citation|file\.xhtml)$/.exec(pathname) ?? [];
  const [, access] = /^\/api\/access\/datafile\/(\d+)$/.exec(pathname) ?? [];
  const file = access ?? (page === 'file.xhtml' ? (query.get('fileId') ?? id) : undefined);
  if (file !== undefined) return /^\d+$/.test(file) || PERSISTENT_ID.test(file) ? { origin, file } : undefined;
  if (page === undefined || !PERSISTENT_ID.test(id)) return undefined;
  const asked = query.get('version') ?? '';
  return { origin, dataset: id, version: /^\d+\.\d+$/.test(asked) ? asked : LATEST };
};

const DataverseFile = Type.Object({
  label: Type.String(),
  directoryLabel: Type.Optional(Type.String()),
  restricted: Type.Optional(Type.Boolean()),
  dataFile: Type.Object({
    id: Type.Integer({ minimum: 0 }),
    filesize: Type.Integer({ minimum: 0 }),
    md5: Type.Optional(Type.String()),
    originalFileName: Type.Optional(Type.String()),
    originalFileSize: Type.Optional(Type.Integer({ minimum: 0 })),
    originalFileFormat: Type.Optional(Type.String()),
  }),
});

const Version = Type.Object({
  data: Type.Object({
    versionNumber: Type.Integer(),
    versionMinorNumber: Type.Integer(),
    releaseTime: Type.Optional(Type.String()),
    files: Type.Array(DataverseFile),
  }),
});

const FileOfVersion = Type.Object({
  data: Type.Object({
    datasetVersion: Type.Object({ datasetPersistentId: Type.String({ pattern: PERSISTENT_ID.source }) }),
  }),
});

/** Of a table that Dataverse converted, what was uploaded is fetched; the checksum may be that of the conversion. */
const makeFile =
  (origin: string) =>
  ({ label, directoryLabel, dataFile }: Static<typeof DataverseFile>): RecordFile => {
    const isConverted = dataFile.originalFileFormat !== undefined;
    const file = (isConverted ? dataFile.originalFileName : undefined) ?? label;
    return {
      name: directoryLabel === undefined ? file : `${directoryLabel}/${file}`,
      url: new URL(`/api/access/datafile/${dataFile.id}?format=original`, origin),
      size: (isConverted ? dataFile.originalFileSize : undefined) ?? dataFile.filesize,
      checksum: isConverted ? undefined : parseChecksum(dataFile.md5),
    };
  };

/** The dataset that a file belongs to. */
const findDataset = async (origin: string, file: string, client: ArchiveClient): Promise<string> => {
  const isNumber = /^\d+$/.test(file);
  const url = new URL(`/api/files/${isNumber ? file : ':persistentId'}?returnDatasetVersion=true`, origin);
  if (!isNumber) url.searchParams.set('persistentId', file);
  const { data } = await client.json({ url, what: `file ${file}` }, FileOfVersion);
  return data.datasetVersion.datasetPersistentId;
};

/** One published version of a dataset and its public files. */
export const findDataverseRecord = async (address: DataverseAddress, client: ArchiveClient): Promise<ArchiveRecord> => {
  const { origin } = address;
  const persistentId = 'file' in address ? await findDataset(origin, address.file, client) : address.dataset;
  const asked = 'file' in address ? LATEST : address.version;
  const url = new URL(`/api/datasets/:persistentId/versions/${asked}`, origin);
  url.searchParams.set('persistentId', persistentId);
  const { data } = await client.json({ url, what: `dataset ${persistentId}` }, Version);
  const version = `${data.versionNumber}.${data.versionMinorNumber}`;
  const restricted = data.files.filter((file) => file.restricted === true);
  return {
    provider: 'dataverse',
    title: `dataset ${persistentId}, version ${version}, of ${url.host}`,
    canonical: `${url.host}/${persistentId}`,
    version,
    url: `${origin}/dataset.xhtml?${new URLSearchParams({ persistentId, version }).toString()}`,
    persistentSpec: persistentId.replace(/^doi:/, ''),
    releasedAt: parseTime(data.releaseTime),
    files: data.files.filter((file) => file.restricted !== true).map(makeFile(origin)),
    omitted: restricted.map(({ label }) => `${label} is restricted`),
    // A zip of a dataset is data: who wants it unpacked uploads it so that Dataverse unpacks it.
    isUnpacked: false,
  };
};
