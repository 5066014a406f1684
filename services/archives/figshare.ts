import { Type, type Static } from 'typebox';
import type { ArchiveClient } from './archive-client.ts';
import { makeListError, parseChecksum, parseFileUrl, parseTime, type ArchiveRecord } from './archive-record.ts';
import type { ArchiveSettings } from './archive-settings.ts';

/** An article; without a version the newest one. */
export type FigshareAddress = { readonly apiUrl: string; readonly id: string; readonly version: string | undefined };

/** Titles may be numbers too; a version has at most three digits, an id more. */
const PATH = /^\/(?:account\/)?articles\/(?:[^/]+\/){0,3}?(\d+)(?:\/(\d{1,3}))?\/*$/;

/** Reads `/articles/[TYPE/][TITLE/]ID[/VERSION]` on one of the hosts and their sub-domains. */
export const parseFigshareAddress = (
  url: URL,
  { figshareHosts, figshareApiUrl }: ArchiveSettings,
): FigshareAddress | undefined => {
  const isFigshare = figshareHosts.some((host) => url.host === host || url.host.endsWith(`.${host}`));
  const [, id, version] = PATH.exec(url.pathname) ?? [];
  return isFigshare && id !== undefined ? { apiUrl: figshareApiUrl.replace(/\/+$/, ''), id, version } : undefined;
};

const Article = Type.Object({
  id: Type.Integer(),
  version: Type.Integer({ minimum: 0 }),
  doi: Type.Optional(Type.String()),
  published_date: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});

const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const File = Type.Object({
  name: Type.String(),
  size: Type.Integer({ minimum: 0 }),
  is_link_only: Type.Boolean(),
  download_url: Type.String(),
  supplied_md5: Text,
  computed_md5: Text,
});
type File = Static<typeof File>;

const PAGE_SIZE = 100;
const MAX_PAGES = 200;

/** An article itself names ten of its files at most; this lists all of them. */
const listFiles = async (article: string, what: string, client: ArchiveClient): Promise<readonly File[]> => {
  const files: File[] = [];
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const url = new URL(`${article}/files?page=${page}&page_size=${PAGE_SIZE}`);
    const found = await client.json({ url, what }, Type.Array(File));
    files.push(...found);
    if (found.length < PAGE_SIZE) return files;
  }
  throw makeListError(what);
};

const makeFile = ({ name, size, download_url, computed_md5, supplied_md5 }: File) => ({
  name,
  url: parseFileUrl(download_url),
  size,
  checksum: parseChecksum(computed_md5 || supplied_md5),
});

/** The version of an article and its files. */
export const findFigshareRecord = async (address: FigshareAddress, client: ArchiveClient): Promise<ArchiveRecord> => {
  const article = `${address.apiUrl}/articles/${address.id}`;
  const what = `article ${address.id}`;
  const url = new URL(address.version === undefined ? article : `${article}/versions/${address.version}`);
  const { id, version, doi, published_date } = await client.json({ url, what }, Article);
  const files = await listFiles(`${article}/versions/${version}`, `files of ${what}`, client);
  const page = doi ? `https://doi.org/${doi}` : `https://figshare.com/articles/_/${id}/${version}`;
  return {
    provider: 'figshare',
    title: `article ${id}, version ${version}, of Figshare`,
    canonical: `figshare.com/articles/${id}`,
    version: `${id}.v${version}`,
    url: page,
    persistentSpec: doi || page,
    releasedAt: parseTime(published_date),
    files: files.filter(({ is_link_only }) => !is_link_only).map(makeFile),
    omitted: files.filter(({ is_link_only }) => is_link_only).map(({ name }) => `${name} is a link to another place`),
    isUnpacked: true,
  };
};
