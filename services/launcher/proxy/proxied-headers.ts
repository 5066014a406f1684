import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { stripSessionCookies } from './session-cookie.ts';

/** Headers between two neighbours (RFC 9110 7.6.1), and an expectation that this server answered already. */
const HOP_BY_HOP = [
  'connection',
  'proxy-connection',
  'keep-alive',
  'te',
  'trailer',
  'upgrade',
  'proxy-authenticate',
  'proxy-authorization',
  'http2-settings',
  'expect',
];
/** What frames a body and names the host is never dropped on a client's word: that would open a way for smuggling. */
const NEVER_DROPPED = new Set(['content-length', 'transfer-encoding', 'host', 'cookie', 'authorization']);
const FORWARDED = /^(?:forwarded|x-forwarded-.*|x-real-ip|x-scheme)$/;

const namedInConnection = (headers: IncomingHttpHeaders): string[] =>
  (headers.connection ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => !NEVER_DROPPED.has(name));

const removeAll = (headers: IncomingHttpHeaders, names: readonly string[]): void => {
  for (const name of names) delete headers[name];
};

export type RequestHeaderOptions = {
  readonly isUpgrade: boolean;
  readonly isSecure: boolean;
  readonly keepsCookies: boolean;
  /** The Jupyter token to speak with, where the visitor's cookie stands for it. */
  readonly token: string | undefined;
};

/** Changes the headers of a request, in place, into those that its session gets. */
export const prepareRequestHeaders = (request: IncomingMessage, options: RequestHeaderOptions): void => {
  const { headers, socket } = request;
  const cookie = options.keepsCookies ? stripSessionCookies(headers.cookie) : undefined;
  removeAll(headers, [...namedInConnection(headers), ...HOP_BY_HOP, 'cookie']);
  removeAll(
    headers,
    Object.keys(headers).filter((name) => FORWARDED.test(name)),
  );
  headers['x-forwarded-for'] = socket.remoteAddress ?? '';
  headers['x-forwarded-proto'] = options.isSecure ? 'https' : 'http';
  headers['x-forwarded-host'] = headers.host ?? '';
  if (cookie !== undefined) headers.cookie = cookie;
  if (options.token !== undefined) headers.authorization = `token ${options.token}`;
  if (options.isUpgrade) Object.assign(headers, { connection: 'Upgrade', upgrade: 'websocket' });
};

/** What one session must not tell the browser about the others of its origin. */
const ORIGIN_WIDE = ['clear-site-data', 'service-worker-allowed', 'strict-transport-security', 'alt-svc'];

/** Keeps a cookie of a session on this host and below the session's path. */
const confineCookie = (cookie: string, basePath: string): string => {
  const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim());
  const kept = attributes.filter((attribute) => !/^domain\s*=/i.test(attribute));
  const confined = kept.map((attribute) => {
    const path = /^path\s*=\s*(.*)$/i.exec(attribute)?.[1];
    return path === undefined || path.startsWith(basePath) ? attribute : `Path=${basePath}`;
  });
  return [pair, ...confined].join('; ');
};

/** Changes the headers of a session's answer, in place, into those that the client gets. */
export const prepareResponseHeaders = (headers: IncomingHttpHeaders, basePath: string): void => {
  removeAll(headers, [...namedInConnection(headers), ...HOP_BY_HOP, ...ORIGIN_WIDE]);
  const cookies = headers['set-cookie'];
  if (cookies) headers['set-cookie'] = cookies.map((cookie) => confineCookie(cookie, basePath));
};
