import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { renderAnswerPage, type Answer } from './answer-page.ts';

/** Programs of other origins must be able to read why they got no session (binder-api 4.3). */
const CORS_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
  'Access-Control-Allow-Headers': 'accept, authorization, content-type, x-xsrftoken',
  'Access-Control-Max-Age': '600',
};

const GUARD_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors *",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  Vary: 'Accept',
};

/** The headers of everything that the listener answers itself. */
export const OWN_HEADERS = { ...CORS_HEADERS, ...GUARD_HEADERS };

const renderJson = ({ error, launchUrl, log }: Answer): string => JSON.stringify({ ...error, launchUrl, log });

/** Answers a request instead of a session: a page for browsers, JSON with the same facts for programs. */
export const sendAnswer = (request: IncomingMessage, response: ServerResponse, answer: Answer): void => {
  if (request.method === 'OPTIONS') {
    response.writeHead(204, OWN_HEADERS).end();
    return;
  }
  const isPage = request.headers.accept?.includes('text/html') ?? false;
  const type = isPage ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
  const body = Buffer.from(isPage ? renderAnswerPage(answer) : renderJson(answer));
  const headers = { ...OWN_HEADERS, 'Content-Type': type, 'Content-Length': body.length };
  // Where a request that was not understood ends is not sure either.
  if (answer.error.code === 'PROXY_REQUEST_INVALID') response.setHeader('Connection', 'close');
  response.writeHead(answer.error.status, headers).end(request.method === 'HEAD' ? undefined : body);
};

/** Answers on a bare socket, where there is no response object: a WebSocket handshake, or bytes that are not HTTP. */
export const refuseSocket = (socket: Duplex, answer: Answer): void => {
  const body = renderJson(answer);
  const headers = {
    ...OWN_HEADERS,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  if (socket.writable) socket.end(`HTTP/1.1 ${answer.error.status} Refused\r\n${lines.join('')}\r\n${body}`);
};
