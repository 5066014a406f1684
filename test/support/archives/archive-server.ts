import { createHash } from 'node:crypto';
import type { ArchiveSettings } from '../../../services/archives/archive-settings.ts';
import { startAnsweringServer, type Answer, type AnsweringServer } from '../answering-server.ts';

/** A file of a record; `changed` goes over a description that would be right. */
export type ServedFile = {
  readonly name: string;
  readonly data: string | Uint8Array;
  readonly changed?: Readonly<Record<string, unknown>>;
};

/** What is at a path with its query: bytes, or an answer, or anything else as JSON. */
export type Routes = Readonly<Record<string, unknown>>;

export type ArchiveServer = AnsweringServer & {
  readonly host: string;
  /** Settings by which every archive is this server. */
  readonly settings: ArchiveSettings;
  /** The paths that were asked for. */
  readonly paths: () => readonly string[];
};

export const md5 = (data: string | Uint8Array): string => createHash('md5').update(data).digest('hex');

const isAnswer = (value: unknown): value is Exclude<Answer, 'reset'> =>
  typeof value === 'object' && value !== null && typeof (value as { status?: unknown }).status === 'number';

const toAnswer = (value: unknown): Answer => {
  if (value === undefined)
    return { status: 404, body: '{"status":404,"message":"The persistent identifier does not exist."}' };
  if (isAnswer(value)) return value;
  if (value instanceof Uint8Array) return { status: 200, body: value };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
};

/** Makes an archive on a free port of 127.0.0.1; `makeRoutes` is told its origin. */
export const startArchiveServer = async (makeRoutes: (origin: string) => Routes): Promise<ArchiveServer> => {
  const server = await startAnsweringServer(({ path, headers }) =>
    toAnswer(makeRoutes(`http://${headers.host}`)[decodeURIComponent(path)]),
  );
  const { origin } = server;
  return {
    ...server,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    host: new URL(origin).host,
    settings: {
      doiUrl: origin,
      zenodoUrls: [origin],
      figshareApiUrl: `${origin}/v2`,
      figshareHosts: ['figshare.com'],
      hydroshareUrl: origin,
    },
    paths: () => server.asked.map(({ path }) => path),
  };
};

/** What a DOI resolver answers for a DOI that leads to an address. */
export const makeHandle = (doi: string, address: string): Routes => ({
  [`/api/handles/${doi}`]: {
    responseCode: 1,
    handle: doi,
    values: [
      { index: 100, type: 'HS_ADMIN', data: { format: 'admin', value: { handle: '10.admin/x', index: 300 } } },
      { index: 1, type: 'URL', data: { format: 'string', value: address }, ttl: 86_400 },
    ],
  },
});

/** Where the bytes of files are: `prefix` and the number of each. */
export const makeDownloads = (prefix: string, files: readonly ServedFile[]): Routes =>
  Object.fromEntries(files.map(({ data }, index) => [`${prefix}${index}`, Buffer.from(data)]));
