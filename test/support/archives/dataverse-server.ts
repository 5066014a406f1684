import { makeHandle, md5, startArchiveServer, type ArchiveServer } from './archive-server.ts';

/** A file of the dataset; `changed` goes over a description that would be right. */
export type DatasetFile = {
  readonly label: string;
  readonly directoryLabel?: string;
  readonly text: string;
  readonly changed?: Readonly<Record<string, unknown>>;
  readonly restricted?: boolean;
};

export const PERSISTENT_ID = 'doi:10.5072/FK2/SLIPWAY';
const DOI = PERSISTENT_ID.slice('doi:'.length);

const describeFile = ({ label, directoryLabel, text, changed, restricted = false }: DatasetFile, id: number) => ({
  label,
  restricted,
  version: 1,
  ...(directoryLabel === undefined ? {} : { directoryLabel }),
  dataFile: { id, filename: label, filesize: Buffer.byteLength(text), md5: md5(text), ...changed },
});

/** An installation with one dataset, version 2.1, whose DOI and the number and DOI of a file lead to it. */
export const startDataverse = (files: readonly DatasetFile[]): Promise<ArchiveServer> =>
  startArchiveServer((origin) => {
    const version = {
      status: 'OK',
      data: {
        versionNumber: 2,
        versionMinorNumber: 1,
        releaseTime: '2022-03-04T05:06:07Z',
        files: files.map(describeFile),
      },
    };
    const file = { status: 'OK', data: { datasetVersion: { datasetPersistentId: PERSISTENT_ID } } };
    return {
      ...makeHandle(DOI, `${origin}/dataset.xhtml?persistentId=${PERSISTENT_ID}`),
      ...makeHandle(`${DOI}/FILE`, `${origin}/file.xhtml?persistentId=${PERSISTENT_ID}/FILE`),
      [`/api/datasets/:persistentId/versions/:latest-published?persistentId=${PERSISTENT_ID}`]: version,
      [`/api/datasets/:persistentId/versions/2.1?persistentId=${PERSISTENT_ID}`]: version,
      '/api/files/7?returnDatasetVersion=true': file,
      [`/api/files/:persistentId?returnDatasetVersion=true&persistentId=${PERSISTENT_ID}/FILE`]: file,
      ...Object.fromEntries(
        files.map(({ text }, id) => [`/api/access/datafile/${id}?format=original`, Buffer.from(text)]),
      ),
    };
  });
