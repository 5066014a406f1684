import { makeHandle, md5, startArchiveServer, type ArchiveServer, type ServedFile } from './archive-server.ts';

export const HYDROSHARE = {
  id: 'b8f6eae9d89241cf8b5904033460af61',
  doi: '10.4211/hs.b8f6eae9d89241cf8b5904033460af61',
};

const PUBLIC_SITE = 'http://www.hydroshare.org';
const contents = `/resource/${HYDROSHARE.id}/data/contents`;
const list = `/hsapi/resource/${HYDROSHARE.id}/files/`;

const describe = ({ name, data, changed }: ServedFile) => ({
  file_name: name.split('/').at(-1),
  url: `${PUBLIC_SITE}${contents}/${name.split('/').map(encodeURIComponent).join('/')}`,
  size: Buffer.byteLength(data),
  content_type: 'text/plain',
  logical_file_type: 'GenericLogicalFile',
  modified_time: '2019-09-25T16:04:30',
  checksum: md5(data),
  ...changed,
});

/** A Hydroshare with one public resource; its list of files has a page for each. */
export const startHydroshare = (files: readonly ServedFile[]): Promise<ArchiveServer> =>
  startArchiveServer((origin) => ({
    ...makeHandle(HYDROSHARE.doi, `${origin}/resource/${HYDROSHARE.id}`),
    [`/hsapi/resource/${HYDROSHARE.id}/scimeta/elements/`]: {
      title: 'An example',
      dates: [
        { type: 'created', start_date: '2017-01-01T00:00:00.000Z' },
        { type: 'modified', start_date: '2019-09-25T16:04:30.123Z' },
      ],
    },
    ...Object.fromEntries(
      files.map((file, index) => [
        index === 0 ? list : `${list}?page=${index + 1}`,
        {
          count: files.length,
          next: index + 1 < files.length ? `${PUBLIC_SITE}${list}?page=${index + 2}` : null,
          previous: null,
          results: [describe(file)],
        },
      ]),
    ),
    ...Object.fromEntries(files.map(({ name, data }) => [`${contents}/${name}`, Buffer.from(data)])),
  }));
