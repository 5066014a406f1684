import type { IncomingMessage } from 'node:http';
import { Type, type Static } from 'typebox';
import { SlipwayError } from '../../../contracts/slipway-error.ts';
import type { GuardedRequest } from '../../../platform/guarded-request.ts';
import { readJson } from './read-json.ts';
import { toRequestError } from './request-failure.ts';

/** A dataset of a Dataverse installation, as its address names it. */
export type DataverseAddress = {
  readonly origin: string;
  /** A DOI or handle: `doi:10.…/…`. */
  readonly persistentId: string;
  /** `2.1`, or the newest that is published. */
  readonly version: string;
};

const LATEST = ':latest-published';

/** Reads `https://HOST/dataset.xhtml?persistentId=…[&version=…]` and `/citation?…`; undefined for other addresses. */
export const parseDataverseAddress = (text: string): DataverseAddress | undefined => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const persistentId = url?.searchParams.get('persistentId') ?? '';
  if (url === undefined || !/\/(dataset\.xhtml|citation)$/.test(url.pathname)) return undefined;
  if (!/^https?:$/.test(url.protocol) || !/^(doi|hdl):[^\s/]+\/\S+$/.test(persistentId)) return undefined;
  const asked = url.searchParams.get('version') ?? '';
  return { origin: url.origin, persistentId, version: /^\d+\.\d+$/.test(asked) ? asked : LATEST };
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
export type DataverseFile = Static<typeof DataverseFile>;

const DataverseVersion = Type.Object({
  versionNumber: Type.Integer(),
  versionMinorNumber: Type.Integer(),
  releaseTime: Type.Optional(Type.String()),
  files: Type.Array(DataverseFile),
});
export type DataverseVersion = Static<typeof DataverseVersion>;

const Answer = Type.Object({ data: DataverseVersion });

export type DataverseApi = {
  /** One published version of a dataset and its files. */
  version(address: DataverseAddress, signal: AbortSignal): Promise<DataverseVersion>;
  /** The bytes of a file as they were uploaded. */
  download(origin: string, id: number, signal: AbortSignal): Promise<IncomingMessage>;
};

const makeStatusError = (status: number, host: string, what: string): SlipwayError =>
  [401, 403, 404].includes(status)
    ? new SlipwayError('REPO_NOT_FOUND', { message: `${host} has no public ${what}.` })
    : new SlipwayError('FETCH_FAILED', { message: `${host} answered ${status} when asked for ${what}.` });

/** Makes the part of Dataverse's native API that gives the files of a dataset. */
export const createDataverseApi = (request: GuardedRequest): DataverseApi => {
  const ask = async (url: URL, what: string, signal: AbortSignal): Promise<IncomingMessage> => {
    const response = await request(url, { signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw toRequestError(error, url.host);
    });
    if (response.statusCode === 200) return response;
    response.destroy();
    throw makeStatusError(response.statusCode ?? 0, url.host, what);
  };
  return {
    version: async ({ origin, persistentId, version }, signal) => {
      const url = new URL(`/api/datasets/:persistentId/versions/${version}`, origin);
      url.searchParams.set('persistentId', persistentId);
      const response = await ask(url, `dataset ${persistentId}`, signal);
      return (await readJson(response, Answer, url.host)).data;
    },
    download: (origin, id, signal) =>
      ask(new URL(`/api/access/datafile/${id}?format=original`, origin), `file ${id}`, signal),
  };
};
