import type { IncomingMessage } from 'node:http';
import { makeSessionOrigin, makeSubdomainPattern } from '../sessions/session-origin.ts';
import { makeSessionPath } from '../sessions/session-path.ts';

const OWN_HOST = /^(?<id>[a-z0-9]{26})\./i;

/** The session whose own host a request names. */
const readOwnId = ({ headers }: IncomingMessage): string | undefined =>
  OWN_HOST.exec(headers.host ?? '')?.groups?.['id']?.toLowerCase();

/** The root of a session's own host leads to the session. */
export const findRoot = (request: IncomingMessage): string | undefined => {
  const id = readOwnId(request);
  return id === undefined || request.url !== '/' ? undefined : makeSessionPath(id);
};

/**
 * Where a request should have gone: a session with a host of its own is on no other, be it that of another session
 * or the one that they would share.
 */
export const findOwnPlace = (request: IncomingMessage, id: string, publicUrl: string): string | undefined => {
  const ownId = readOwnId(request);
  if (ownId === id) return undefined;
  const host = (request.headers.host ?? 'localhost').replace(OWN_HOST, '');
  const pattern = publicUrl === '' ? makeSubdomainPattern(`http://${host}`) : publicUrl;
  return `${makeSessionOrigin(pattern, id)}${request.url ?? '/'}`;
};
