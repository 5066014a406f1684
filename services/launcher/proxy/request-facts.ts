import type { IncomingMessage } from 'node:http';
import { namesOneHost } from '../http/refuse-malformed.ts';

/** Whether its headers announce a body, be it an empty one of unknown length. */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

export const asksForWebSocket = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';

/**
 * Whether this server and the session would read a request in the same way: it names one host, has no coding that
 * would have to be undone here, and is not a handshake with a body.
 */
export const isUnderstood = (request: IncomingMessage): boolean =>
  namesOneHost(request) &&
  /^chunked$/i.test(request.headers['transfer-encoding'] ?? 'chunked') &&
  !(asksForWebSocket(request) && hasBody(request));
