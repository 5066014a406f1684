import type { IncomingMessage } from 'node:http';
import { Type, type Static } from 'typebox';
import { SlipwayError } from '../../../contracts/slipway-error.ts';
import type { GuardedRequest } from '../../../platform/guarded-request.ts';
import { readJson } from '../../../archives/read-json.ts';

const Revision = Type.Object({ directory: Type.String({ pattern: '^[0-9a-f]{40}$' }), date: Type.String() });

/** How far the vault is with packing a directory. */
const Bundle = Type.Object({
  status: Type.Union(['new', 'pending', 'done', 'failed'].map((status) => Type.Literal(status))),
  fetch_url: Type.Optional(Type.String()),
  progress_message: Type.Optional(Type.Union([Type.String(), Type.Null()])),
});
export type Bundle = Static<typeof Bundle>;

export type SoftwareHeritageApi = {
  /** The directory of a revision, and its time in seconds since 1970. */
  revision(hash: string, signal: AbortSignal): Promise<{ readonly directory: string; readonly committedAt: number }>;
  /** Asks the vault to pack a directory, or how far it is. */
  bundle(hash: string, method: 'GET' | 'POST', signal: AbortSignal): Promise<Bundle>;
  /** The .tar.gz of a packed directory. */
  download(bundle: Bundle, signal: AbortSignal): Promise<IncomingMessage>;
};

const WHO = 'Software Heritage';

const makeStatusError = (status: number, what: string): SlipwayError => {
  if (status === 404)
    return new SlipwayError('FETCH_COMMIT_MISSING', {
      message: `Software Heritage does not have ${what}.`,
      hint: 'Check the identifier; Software Heritage can be asked to save a repository that it does not have.',
    });
  if (status === 429)
    return new SlipwayError('REPO_RATE_LIMITED', {
      message: 'Software Heritage limits how often it may be asked.',
      hint: 'Try again in an hour.',
    });
  return new SlipwayError('FETCH_FAILED', { message: `Software Heritage answered ${status} when asked for ${what}.` });
};

/** Makes the part of Software Heritage's API that gives content; `apiUrl` ends in `/api/1` or the like. */
export const createSoftwareHeritageApi = (request: GuardedRequest, apiUrl: string): SoftwareHeritageApi => {
  const base = new URL(`${apiUrl.replace(/\/+$/, '')}/`);
  const ask = async (url: URL, what: string, options: Parameters<GuardedRequest>[1]): Promise<IncomingMessage> => {
    const response = await request(url, options);
    if (response.statusCode === 200) return response;
    response.destroy();
    throw makeStatusError(response.statusCode ?? 0, what);
  };
  return {
    revision: async (hash, signal) => {
      const response = await ask(new URL(`revision/${hash}/`, base), `the revision ${hash}`, { signal });
      const { directory, date } = await readJson(response, Revision, WHO);
      return { directory, committedAt: Math.floor(Date.parse(date) / 1000) || 0 };
    },
    bundle: async (hash, method, signal) => {
      const url = new URL(`vault/flat/swh:1:dir:${hash}/`, base);
      return readJson(await ask(url, `the directory ${hash}`, { method, signal }), Bundle, WHO);
    },
    download: ({ fetch_url: address = '' }, signal) => ask(new URL(address, base), 'the packed directory', { signal }),
  };
};
