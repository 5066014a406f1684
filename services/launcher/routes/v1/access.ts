import { createHash, timingSafeEqual } from 'node:crypto';
import { isSessionReady } from '../../../contracts/launch-event.ts';
import { SlipwayError } from '../../../contracts/slipway-error.ts';
import type { ApiParts, ApiRequest } from './api-parts.ts';

const BEARER = /^(?:bearer|token)\s+(?<credential>\S+)\s*$/i;

const readCredential = (request: ApiRequest): string | undefined =>
  BEARER.exec(request.headers.authorization ?? '')?.groups?.['credential'];

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether the caller showed the operator's token; never when none is set. */
export const isAdmin = (request: ApiRequest, { settings }: Pick<ApiParts, 'settings'>): boolean => {
  const credential = readCredential(request);
  if (credential === undefined || settings.adminToken === '') return false;
  return timingSafeEqual(digest(credential), digest(settings.adminToken));
};

/** Throws LAUNCH_ADMIN_ONLY unless the caller showed the operator's token. */
export const requireAdmin = (request: ApiRequest, parts: ApiParts): void => {
  if (!isAdmin(request, parts)) throw new SlipwayError('LAUNCH_ADMIN_ONLY');
};

/** The session that a launch ended in; undefined while there is none. */
export const findSessionOf = async (
  { launches }: Pick<ApiParts, 'launches'>,
  launchId: string,
): Promise<string | undefined> => {
  if ((await launches.find(launchId)) === undefined) return undefined;
  const last = (await launches.last(launchId))?.event;
  return last !== undefined && isSessionReady(last) ? last.sessionId : undefined;
};

/** Throws SESSION_ACCESS_DENIED unless the caller showed the session's token, its launch's id or the operator's token. */
export const requireSession = async (request: ApiRequest, parts: ApiParts): Promise<void> => {
  const { session = '' } = request.params;
  const credential = readCredential(request);
  const isTheirs =
    credential !== undefined &&
    (parts.keys.isToken(session, credential) || (await findSessionOf(parts, credential)) === session);
  if (!isTheirs && !isAdmin(request, parts)) throw new SlipwayError('SESSION_ACCESS_DENIED');
};
