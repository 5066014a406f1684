import type { IncomingMessage } from 'node:http';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { parseSessionPath } from '../sessions/session-path.ts';

/** A request that is addressed to a session; nothing of its path is decoded. */
export type SessionRequestTarget = {
  readonly id: string;
  /** Path below the session's base path, without a leading slash; undefined where even the slash is missing. */
  readonly rest: string | undefined;
  readonly query: URLSearchParams;
  /** The query as it was sent, with its question mark. */
  readonly search: string;
};

/** Finds out which session a request is for. Throws PROXY_REQUEST_INVALID, SESSION_NOT_FOUND, LAUNCH_PAGE_NOT_FOUND. */
export const parseSessionRequest = ({ url = '' }: IncomingMessage): SessionRequestTarget => {
  if (!url.startsWith('/')) throw new SlipwayError('PROXY_REQUEST_INVALID');
  const mark = url.indexOf('?');
  const [path, search] = mark === -1 ? [url, ''] : [url.slice(0, mark), url.slice(mark)];
  const parsed = parseSessionPath(path);
  if (parsed !== undefined) return { ...parsed, search, query: new URLSearchParams(search) };
  throw new SlipwayError(path.startsWith('/s/') ? 'SESSION_NOT_FOUND' : 'LAUNCH_PAGE_NOT_FOUND');
};
