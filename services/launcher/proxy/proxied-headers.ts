import type { IncomingMessage } from 'node:http';
import { stripSessionCookies } from './session-cookie.ts';

/** Headers between two neighbours (RFC 9110 7.6.1). */
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
];
/** What frames a body and names the host is never dropped on a client's word: that would open a way for smuggling. */
const NEVER_DROPPED = new Set(['content-length', 'transfer-encoding', 'host', 'cookie', 'authorization']);
const FORWARDED = /^(?:forwarded|x-forwarded-.*|x-real-ip|x-scheme)$/;

const namedInConnection = (connection: string): string[] =>
  connection
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => !NEVER_DROPPED.has(name));

export type RequestHeaderOptions = {
  readonly isUpgrade: boolean;
  readonly isSecure: boolean;
  readonly keepsCookies: boolean;
  /** The Jupyter token to speak with, where the visitor's cookie stands for it. */
  readonly token: string | undefined;
};

/** Replaced by what this server knows itself; that of a body is written by whoever sends the body. */
const REPLACED_IN_REQUEST = new Set([...HOP_BY_HOP, 'expect', 'cookie', 'transfer-encoding']);

const isPassedToSession = (name: string, dropped: readonly string[]): boolean =>
  !REPLACED_IN_REQUEST.has(name) && !FORWARDED.test(name) && !dropped.includes(name);

/** The headers of a request as its session gets them: names and values by turns, in the case that they were sent in. */
export const makeRequestHeaders = (request: IncomingMessage, options: RequestHeaderOptions): string[] => {
  const { headers, rawHeaders, socket } = request;
  const dropped = [
    ...(headers.connection === undefined ? [] : namedInConnection(headers.connection)),
    ...(options.token === undefined ? [] : ['authorization']),
  ];
  const passed: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = [rawHeaders[index], rawHeaders[index + 1]];
    if (isPassedToSession(name.toLowerCase(), dropped)) passed.push(name, value);
  }
  const cookie = options.keepsCookies ? stripSessionCookies(headers.cookie) : undefined;
  if (cookie !== undefined) passed.push('Cookie', cookie);
  if (options.token !== undefined) passed.push('Authorization', `token ${options.token}`);
  if (options.isUpgrade) passed.push('Connection', 'Upgrade', 'Upgrade', 'websocket');
  passed.push('X-Forwarded-For', socket.remoteAddress ?? '', 'X-Forwarded-Proto', options.isSecure ? 'https' : 'http');
  passed.push('X-Forwarded-Host', headers.host ?? '');
  return passed;
};

/** What one session must not tell the browser about the others of its origin. */
const ORIGIN_WIDE = ['clear-site-data', 'service-worker-allowed', 'strict-transport-security', 'alt-svc'];
const DROPPED_IN_RESPONSE = new Set([...HOP_BY_HOP, ...ORIGIN_WIDE, 'transfer-encoding']);

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

const findConnection = (raw: readonly string[]): string | undefined => {
  const values = raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === 'connection');
  return values.length === 0 ? undefined : values.join(',');
};

/** The headers of a session's answer as the client gets them: names and values by turns, in the case they came in. */
export const makeResponseHeaders = (raw: readonly string[], basePath: string): string[] => {
  const connection = findConnection(raw);
  const dropped = connection === undefined ? [] : namedInConnection(connection);
  const passed: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = '', value = ''] = [raw[index], raw[index + 1]];
    const lower = name.toLowerCase();
    if (DROPPED_IN_RESPONSE.has(lower) || dropped.includes(lower)) continue;
    passed.push(name, lower === 'set-cookie' ? confineCookie(value, basePath) : value);
  }
  return passed;
};
