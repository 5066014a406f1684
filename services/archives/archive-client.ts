import type { IncomingMessage } from 'node:http';
import type { Static, TSchema } from 'typebox';
import { SlipwayError } from '../contracts/slipway-error.ts';
import { HostRefusedError, HostUnresolvedError } from '../platform/address-guard.ts';
import type { GuardedRequest } from '../platform/guarded-request.ts';
import { readJson } from './read-json.ts';

/** What is asked for, in the words of a message: `dataset doi:10.1/x`. */
type Asked = { readonly url: URL; readonly what: string };

export type ArchiveClient = {
  /** The answer of an address, whatever its status is; the caller reads or destroys its body. */
  get(url: URL): Promise<IncomingMessage>;
  /** A body of status 200. Throws REPO_NOT_FOUND, REPO_RATE_LIMITED or FETCH_FAILED for other answers. */
  open(asked: Asked): Promise<IncomingMessage>;
  /** A body of status 200 that is JSON of a shape. */
  json<T extends TSchema>(asked: Asked, schema: T): Promise<Static<T>>;
};

/** What a request means that got no answer: a refused host, or FETCH_FAILED by `who`. */
export const toRequestError = (thrown: unknown, who: string): SlipwayError => {
  if (thrown instanceof SlipwayError) return thrown;
  if (thrown instanceof HostRefusedError)
    return new SlipwayError('REPO_HOST_REFUSED', { message: `${who} is not asked: ${thrown.message}.`, cause: thrown });
  const detail = thrown instanceof HostUnresolvedError ? `: ${thrown.message}` : '';
  return new SlipwayError('FETCH_FAILED', { message: `${who} did not answer${detail}.`, cause: thrown });
};

/** What a status other than 200 means. Archives answer 401, 403 or 410 for what is a draft, restricted or withdrawn. */
export const makeStatusError = (status: number, { url, what }: Asked): SlipwayError => {
  if ([401, 403, 404, 410].includes(status))
    return new SlipwayError('REPO_NOT_FOUND', {
      message: `${url.host} has no public ${what}.`,
      hint: 'Check the spelling; a draft, a restricted and a withdrawn record cannot be fetched.',
    });
  if (status === 429)
    return new SlipwayError('REPO_RATE_LIMITED', {
      message: `${url.host} limits how often it may be asked.`,
      hint: 'Try again in some minutes.',
    });
  return new SlipwayError('FETCH_FAILED', { message: `${url.host} answered ${status} when asked for ${what}.` });
};

/** Makes what archives are asked with; `signal` ends requests and the bodies of answers. */
export const createArchiveClient = (request: GuardedRequest, signal: AbortSignal): ArchiveClient => {
  const get = (url: URL): Promise<IncomingMessage> =>
    request(url, { signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw toRequestError(error, url.host);
    });
  const open = async (asked: Asked): Promise<IncomingMessage> => {
    const response = await get(asked.url);
    if (response.statusCode === 200) return response;
    response.destroy();
    throw makeStatusError(response.statusCode ?? 0, asked);
  };
  return { get, open, json: async (asked, schema) => readJson(await open(asked), schema, asked.url.host) };
};
