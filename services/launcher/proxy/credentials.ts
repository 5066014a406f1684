import type { IncomingMessage } from 'node:http';
import type { SessionKeys } from '../sessions/session-access.ts';
import { readSessionCookies } from './session-cookie.ts';

/** How a request is allowed to speak to its session. */
export type Credentials =
  /** It would use the visitor's cookie from a page that is not the session's. */
  | { readonly kind: 'refused' }
  /** It has a token of its own, or none at all: Jupyter decides. */
  | { readonly kind: 'own'; readonly keepsCookies: boolean }
  /** The visitor's browser: the proxy adds the token. */
  | { readonly kind: 'session' };

type CredentialFacts = {
  readonly isSafe: boolean;
  readonly hasToken: boolean;
  readonly hasCookie: boolean;
  readonly origin: 'same' | 'foreign' | 'none';
};

/**
 * Cookies come along on their own, so they count only where the page that asks is the session's own: always for
 * WebSockets and for what changes something, and never for a page of another origin. A token is always an answer.
 */
const decideCredentials = ({ isSafe, hasToken, hasCookie, origin }: CredentialFacts): Credentials => {
  if (hasToken || !hasCookie) return { kind: 'own', keepsCookies: origin !== 'foreign' };
  if (isSafe) return origin === 'foreign' ? { kind: 'own', keepsCookies: false } : { kind: 'session' };
  return origin === 'same' ? { kind: 'session' } : { kind: 'refused' };
};

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

const readOrigin = ({ headers }: IncomingMessage, publicUrl: string): CredentialFacts['origin'] => {
  if (headers.origin === undefined) return 'none';
  const origin = URL.parse(headers.origin);
  const isSame = origin !== null && (origin.host === headers.host?.toLowerCase() || origin.origin === publicUrl);
  return isSame ? 'same' : 'foreign';
};

export type CredentialContext = {
  readonly id: string;
  readonly query: URLSearchParams;
  readonly isUpgrade: boolean;
  /** The origin of the session listener as browsers see it, where it is configured; else empty. */
  readonly publicUrl: string;
  readonly keys: SessionKeys;
};

export const hasSessionCookie = (request: IncomingMessage, id: string, keys: SessionKeys): boolean =>
  readSessionCookies(request.headers.cookie).some((value) => keys.isCookie(id, value));

/** Reads what a request brings and decides how it may speak to its session. */
export const readCredentials = (request: IncomingMessage, context: CredentialContext): Credentials =>
  decideCredentials({
    isSafe: !context.isUpgrade && SAFE_METHODS.has(request.method ?? ''),
    hasToken: request.headers.authorization !== undefined || context.query.has('token'),
    hasCookie: hasSessionCookie(request, context.id, context.keys),
    origin: readOrigin(request, context.publicUrl),
  });
