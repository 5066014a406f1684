import {
  makeDownloads,
  makeHandle,
  md5,
  startArchiveServer,
  type ArchiveServer,
  type ServedFile,
} from './archive-server.ts';

export const ZENODO = {
  record: '3242074',
  concept: '3242073',
  doi: '10.5281/zenodo.3242074',
  conceptDoi: '10.5281/zenodo.3242073',
};

const describe = (origin: string, { name, data, changed }: ServedFile, index: number) => ({
  key: name,
  status: 'completed',
  storage_class: 'L',
  checksum: `md5:${md5(data)}`,
  size: Buffer.byteLength(data),
  mimetype: 'application/octet-stream',
  links: { self: `${origin}/api/records/${ZENODO.record}/files/${index}`, content: `${origin}/content/${index}` },
  ...changed,
});

/** A Zenodo with one published record, the second version of its concept, and DOIs for both. */
export const startZenodo = (files: readonly ServedFile[]): Promise<ArchiveServer> =>
  startArchiveServer((origin) => ({
    ...makeHandle(ZENODO.doi, `${origin}/records/${ZENODO.record}`),
    ...makeHandle(ZENODO.conceptDoi, `${origin}/doi/${ZENODO.conceptDoi}`),
    [`/api/records/${ZENODO.record}`]: {
      id: Number(ZENODO.record),
      conceptrecid: ZENODO.concept,
      doi: ZENODO.doi,
      created: '2019-06-10T09:10:11.123456+00:00',
      status: 'published',
      metadata: { title: 'An example', access_right: 'open' },
    },
    [`/api/records/${ZENODO.concept}`]: { status: 302, headers: { location: `/api/records/${ZENODO.record}` } },
    [`/api/records/${ZENODO.record}/files`]: {
      enabled: true,
      entries: files.map((file, index) => describe(origin, file, index)),
    },
    ...makeDownloads('/content/', files),
  }));
