import {
  makeDownloads,
  makeHandle,
  md5,
  startArchiveServer,
  type ArchiveServer,
  type Routes,
  type ServedFile,
} from './archive-server.ts';

export const FIGSHARE = { article: 9782777, doi: '10.6084/m9.figshare.9782777' };

const PAGE_SIZE = 100;

const describe = (origin: string, { name, data, changed }: ServedFile, index: number) => ({
  id: index,
  name,
  size: Buffer.byteLength(data),
  is_link_only: false,
  download_url: `${origin}/files/${index}`,
  supplied_md5: '',
  computed_md5: md5(data),
  mimetype: 'application/octet-stream',
  ...changed,
});

const makeVersion = (version: number) => ({
  id: FIGSHARE.article,
  version,
  doi: `${FIGSHARE.doi}.v${version}`,
  published_date: `202${version}-03-04T05:06:07Z`,
  files: [],
});

const listPages = (origin: string, path: string, files: readonly ServedFile[]): Routes => {
  const described = files.map((file, index) => describe(origin, file, index));
  const pages = Array.from({ length: Math.floor(files.length / PAGE_SIZE) + 1 }, (_one, page) => page);
  return Object.fromEntries(
    pages.map((page) => [
      `${path}/files?page=${page + 1}&page_size=${PAGE_SIZE}`,
      described.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE),
    ]),
  );
};

/** A Figshare whose article has two versions: an old one of one file, and the newest of the given files. */
export const startFigshare = (files: readonly ServedFile[]): Promise<ArchiveServer> =>
  startArchiveServer((origin) => {
    const article = `/v2/articles/${FIGSHARE.article}`;
    const page = `https://figshare.com/articles/dataset/A_title/${FIGSHARE.article}`;
    return {
      ...makeHandle(FIGSHARE.doi, page),
      ...makeHandle(`${FIGSHARE.doi}.v1`, `${page}/1`),
      ...makeHandle(`${FIGSHARE.doi}.v2`, `${page}/2`),
      [article]: makeVersion(2),
      [`${article}/versions/1`]: makeVersion(1),
      [`${article}/versions/2`]: makeVersion(2),
      ...listPages(origin, `${article}/versions/1`, [{ name: 'old.txt', data: 'old' }]),
      ...listPages(origin, `${article}/versions/2`, files),
      ...makeDownloads('/files/', files),
    };
  });
