import type { IncomingMessage } from 'node:http';
import type { Settings } from '../../contracts/settings.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { Logger } from '../../platform/logger.ts';
import type { SessionKeys } from '../sessions/session-access.ts';
import type { LiveSession, SessionDirectory, SessionLookup } from '../sessions/session-directory.ts';
import { makeSessionOrigin } from '../sessions/session-origin.ts';
import { makeSessionPath } from '../sessions/session-path.ts';
import type { ProxyLimits } from './session-meters.ts';
import { findOwnPlace, findRoot } from './session-place.ts';
import type { Answer } from './answer-page.ts';
import { readCredentials, type Credentials } from './credentials.ts';
import { makeEndedAnswer, makeErrorAnswer } from './ended-answer.ts';
import { isUnderstood } from './request-facts.ts';
import { parseSessionRequest, type SessionRequestTarget } from './session-request.ts';

export type SessionServerParts = {
  readonly directory: SessionDirectory;
  readonly keys: SessionKeys;
  readonly logger: Logger;
  /** The address of this listener as browsers see it, where it is configured; else empty: plain http, any host. */
  readonly publicUrl: string;
  readonly limits: ProxyLimits;
  /** Whether each session has a host of its own. */
  readonly address: Settings['proxy']['address'];
  /** The address of the control listener as the visitor sees it, with a slash at its end. */
  readonly controlUrl: (request: IncomingMessage) => string;
};

/** What is to be done with a request. */
export type Route =
  | { readonly kind: 'health' }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'enter'; readonly target: SessionRequestTarget }
  | {
      readonly kind: 'forward';
      readonly session: LiveSession;
      readonly target: SessionRequestTarget;
      readonly credentials: Exclude<Credentials, { readonly kind: 'refused' }>;
    }
  | { readonly kind: 'answer'; readonly answer: Answer };

export type Incoming = { readonly request: IncomingMessage; readonly isUpgrade: boolean };

const makeOrigin = (publicUrl: string): string => URL.parse(publicUrl)?.origin ?? '';

/** What the listener says of a session that is not running. */
export const makeAbsentAnswer = (
  { controlUrl }: SessionServerParts,
  request: IncomingMessage,
  found: Exclude<SessionLookup, { readonly kind: 'running' }>,
): Answer =>
  found.kind === 'ended'
    ? makeEndedAnswer(found.spec, found.end, controlUrl(request))
    : makeErrorAnswer(new SlipwayError('SESSION_NOT_FOUND'));

/** Turns what was thrown into an answer; what was not expected is logged with its cause. */
export const answerError = ({ logger }: SessionServerParts, error: unknown): Answer => {
  if (!(error instanceof SlipwayError)) logger.error({ err: error }, 'a request to a session failed inside');
  return makeErrorAnswer(error);
};

const routeToSession = async (
  parts: SessionServerParts,
  { request, isUpgrade }: Incoming,
  target: SessionRequestTarget,
): Promise<Route> => {
  const { id, query, rest, search } = target;
  const place = parts.address === 'subdomain' ? findOwnPlace(request, id, parts.publicUrl) : undefined;
  if (place !== undefined) return { kind: 'redirect', location: place };
  if (rest === undefined) return { kind: 'redirect', location: `${makeSessionPath(id)}${search}` };
  const found = await parts.directory.find(id);
  if (found.kind !== 'running') return { kind: 'answer', answer: makeAbsentAnswer(parts, request, found) };
  if (rest === 'enter') return { kind: 'enter', target };
  const publicUrl = makeOrigin(makeSessionOrigin(parts.publicUrl, id));
  const credentials = readCredentials(request, { id, query, isUpgrade, publicUrl, keys: parts.keys });
  if (credentials.kind === 'refused') throw new SlipwayError('PROXY_ORIGIN_REFUSED');
  return { kind: 'forward', session: found.session, target, credentials };
};

/** Decides what to do with a request; what is wrong with it becomes an answer, so this never throws. */
export const routeRequest = async (parts: SessionServerParts, incoming: Incoming): Promise<Route> => {
  try {
    if (!isUnderstood(incoming.request)) throw new SlipwayError('PROXY_REQUEST_INVALID');
    if (/^\/health(?:\?|$)/.test(incoming.request.url ?? '')) return { kind: 'health' };
    const root = parts.address === 'subdomain' ? findRoot(incoming.request) : undefined;
    if (root !== undefined) return { kind: 'redirect', location: root };
    return await routeToSession(parts, incoming, parseSessionRequest(incoming.request));
  } catch (error) {
    return { kind: 'answer', answer: answerError(parts, error) };
  }
};
