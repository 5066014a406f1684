import type { IncomingMessage, ServerResponse } from 'node:http';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { SessionKeys } from '../sessions/session-access.ts';
import { makeSessionPath } from '../sessions/session-path.ts';
import { hasSessionCookie } from './credentials.ts';
import { OWN_HEADERS } from './own-answer.ts';
import { resolveInside } from './resolve-inside.ts';
import { renderSessionCookie } from './session-cookie.ts';

/** The page that a session opens with when the link names none. */
const DEFAULT_PATH = 'lab';

type Entry = {
  readonly id: string;
  readonly query: URLSearchParams;
  readonly keys: SessionKeys;
  readonly isSecure: boolean;
};

/** A code is redeemed only by a real visit; who is inside already may follow the same link again. */
const mayEnter = async (request: IncomingMessage, { id, query, keys }: Entry): Promise<boolean> => {
  if (request.method !== 'GET') return false;
  const isRedeemed = await keys.redeemEntryCode(id, query.get('code') ?? '');
  return isRedeemed || hasSessionCookie(request, id, keys);
};

/**
 * Lets a browser in: `enter?code=…[&path=…]` sets the session's cookie and goes on to the clean path.
 * Throws PROXY_ENTRY_INVALID for a code that was used, is too old, or is of another session.
 */
export const enterSession = async (request: IncomingMessage, response: ServerResponse, entry: Entry): Promise<void> => {
  if (!(await mayEnter(request, entry))) throw new SlipwayError('PROXY_ENTRY_INVALID');
  const { id, query, keys, isSecure } = entry;
  const path = makeSessionPath(id);
  const location = resolveInside(path, query.get('path') || DEFAULT_PATH) ?? `${path}${DEFAULT_PATH}`;
  response.writeHead(303, {
    ...OWN_HEADERS,
    Location: location,
    'Set-Cookie': renderSessionCookie({ value: keys.cookie(id), path, isSecure }),
  });
  response.end();
};
