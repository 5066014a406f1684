import { Type, type Static } from 'typebox';
import type { ArchiveClient } from './archive-client.ts';
import {
  makeListError,
  parseChecksum,
  parseFileUrl,
  parseTime,
  type ArchiveRecord,
  type RecordFile,
} from './archive-record.ts';
import type { ArchiveSettings } from './archive-settings.ts';
import { decodePart } from './decode-part.ts';

export type HydroshareAddress = { readonly origin: string; readonly id: string };

/** The id of a resource is the first run of 32 hex digits, in an address, a DOI, or alone; undefined without one. */
export const parseHydroshareId = (text: string): string | undefined => /[0-9a-f]{32}/.exec(text)?.[0];

/** Reads `/resource/ID…` on the site, with or without www. */
export const parseHydroshareAddress = (url: URL, { hydroshareUrl }: ArchiveSettings): HydroshareAddress | undefined => {
  const { origin, host } = new URL(hydroshareUrl);
  const isSite = url.host.replace(/^www\./, '') === host.replace(/^www\./, '');
  const [, rest = ''] = /^\/resource\/([0-9a-f]{32})(?:\/|$)/.exec(url.pathname) ?? [];
  const id = parseHydroshareId(rest);
  return isSite && id !== undefined ? { origin, id } : undefined;
};

const Elements = Type.Object({
  dates: Type.Array(Type.Object({ type: Type.String(), start_date: Type.String() })),
});

const File = Type.Object({
  file_name: Type.String(),
  url: Type.String(),
  size: Type.Optional(Type.Integer({ minimum: -1 })),
  checksum: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});
const Page = Type.Object({
  next: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  results: Type.Array(File),
});

const MAX_PAGES = 500;

/** Its own addresses say http, and the name of the public site; they are asked where the site is. */
const moveTo = (origin: string, address: string): URL => {
  const { pathname, search } = parseFileUrl(address, new URL(origin));
  return new URL(`${pathname}${search}`, origin);
};

const listFiles = async (first: URL, what: string, client: ArchiveClient): Promise<readonly Static<typeof File>[]> => {
  const files: Static<typeof File>[] = [];
  let url: URL | undefined = first;
  for (let page = 0; url !== undefined && page < MAX_PAGES; page += 1) {
    const { next, results }: Static<typeof Page> = await client.json({ url, what }, Page);
    files.push(...results);
    url = next ? moveTo(first.origin, next) : undefined;
  }
  if (url !== undefined) throw makeListError(what);
  return files;
};

/** The directory of a file is in its address only. */
const makeFile =
  (origin: string) =>
  ({ file_name, url, size, checksum }: Static<typeof File>): RecordFile => {
    const found = moveTo(origin, url);
    const [, path] = /\/data\/contents\/(.+)$/.exec(found.pathname) ?? [];
    const name = path === undefined ? file_name : decodePart(path);
    return { name, url: found, size: (size ?? -1) < 0 ? undefined : size, checksum: parseChecksum(checksum) };
  };

/** The resource as it is now and its files; a resource has no versions, so the time of its last change is one. */
export const findHydroshareRecord = async (
  { origin, id }: HydroshareAddress,
  client: ArchiveClient,
): Promise<ArchiveRecord> => {
  const what = `resource ${id}`;
  const api = `/hsapi/resource/${id}`;
  const { dates } = await client.json({ url: new URL(`${api}/scimeta/elements/`, origin), what }, Elements);
  const modified = parseTime(dates.find(({ type }) => type === 'modified')?.start_date);
  const files = await listFiles(new URL(`${api}/files/`, origin), `files of ${what}`, client);
  const url = `${origin}/resource/${id}`;
  return {
    provider: 'hydroshare',
    title: `${what} of ${new URL(origin).host}`,
    canonical: `${new URL(origin).host}/resource/${id}`,
    version: `${id}.v${modified ?? 0}`,
    url,
    persistentSpec: url,
    releasedAt: modified,
    files: files.map(makeFile(origin)),
    omitted: [],
    isUnpacked: true,
  };
};
