import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { makeSessionPath } from '../sessions/session-path.ts';
import { isActivity } from './activity.ts';
import type { Answer } from './answer-page.ts';
import { drainServer } from './drain-server.ts';
import { makeErrorAnswer } from './ended-answer.ts';
import { enterSession } from './entry.ts';
import { explainStalled, explainUnreachable } from './explain-absence.ts';
import { createForwarder, type Forwarder, type Forwarding } from './forwarder.ts';
import { OWN_HEADERS, refuseSocket, sendAnswer } from './own-answer.ts';
import { prepareRequestHeaders } from './proxied-headers.ts';
import { answerError, routeRequest, type Incoming, type Route, type SessionServerParts } from './route-request.ts';

export type SessionServer = {
  /** Not listening yet. */
  readonly server: Server;
  /** Stops accepting, lets requests finish for at most `graceMs`, then cuts what is left, WebSockets included. */
  close(graceMs: number): Promise<void>;
};

const MAX_HEADER_BYTES = 32 * 1024;
const KEEP_ALIVE_MS = 75_000;

type Forward = Extract<Route, { kind: 'forward' }>;
type Handling = Incoming & { readonly parts: SessionServerParts; readonly send: (answer: Answer) => void };

/** Prepares a request for its session; its headers are those that the session gets from here on. */
const makeForwarding = (handling: Handling, { session, target, credentials }: Forward): Forwarding => {
  const { request, isUpgrade, parts, send } = handling;
  const { id } = session.spec;
  const missing = { request, id, send };
  const method = request.method ?? '';
  const closes = /\bclose\b/i.test(request.headers.connection ?? '');
  prepareRequestHeaders(request, {
    isUpgrade,
    isSecure: parts.publicUrl.startsWith('https:'),
    keepsCookies: credentials.kind === 'session' || credentials.keepsCookies,
    token: credentials.kind === 'session' ? parts.keys.token(id) : undefined,
  });
  return {
    address: session.address,
    basePath: makeSessionPath(id),
    closes,
    isActivity: isActivity({ method, path: target.rest ?? '', query: target.query }),
    onActivity: () => parts.directory.touch(id),
    onStalled: () => void explainStalled(parts, missing),
    onUnreachable: () => void explainUnreachable(parts, missing),
  };
};

const createRequestHandler = (parts: SessionServerParts, forwarder: Forwarder) => {
  const enter = async (
    request: IncomingMessage,
    response: ServerResponse,
    route: Extract<Route, { kind: 'enter' }>,
  ) => {
    try {
      const isSecure = parts.publicUrl.startsWith('https:');
      await enterSession(request, response, { ...route.target, keys: parts.keys, isSecure });
    } catch (error) {
      sendAnswer(request, response, answerError(parts, error));
    }
  };
  const forward = async (request: IncomingMessage, response: ServerResponse, route: Forward): Promise<void> => {
    const send = (answer: Answer): void => {
      if (!response.headersSent && !response.destroyed) sendAnswer(request, response, answer);
    };
    const handling = { request, isUpgrade: false, parts, send };
    await forwarder.request(request, response, makeForwarding(handling, route));
  };
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const route = await routeRequest(parts, { request, isUpgrade: false });
    switch (route.kind) {
      case 'health':
        response.writeHead(200, { ...OWN_HEADERS, 'Content-Type': 'application/json' }).end('{"ok":true}');
        return;
      case 'redirect':
        response.writeHead(308, { ...OWN_HEADERS, Location: route.location }).end();
        return;
      case 'enter':
        await enter(request, response, route);
        return;
      case 'forward':
        await forward(request, response, route);
        return;
      case 'answer':
        sendAnswer(request, response, route.answer);
    }
  };
};

const createUpgradeHandler = (parts: SessionServerParts, forwarder: Forwarder) => {
  return async (request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> => {
    socket.on('error', () => socket.destroy());
    const route = await routeRequest(parts, { request, isUpgrade: true });
    if (route.kind === 'answer') return refuseSocket(socket, route.answer);
    if (route.kind !== 'forward')
      return refuseSocket(socket, makeErrorAnswer(new SlipwayError('PROXY_REQUEST_INVALID')));
    const send = (answer: Answer): void => refuseSocket(socket, answer);
    const forwarding = makeForwarding({ request, isUpgrade: true, parts, send }, route);
    // httpxy ends the socket as soon as this returns, so there is no time to look for the reason.
    const onUnreachable = (): void => send(makeErrorAnswer(new SlipwayError('PROXY_UPSTREAM_UNREACHABLE')));
    await forwarder.upgrade(request, { socket, head }, { ...forwarding, onUnreachable });
  };
};

const isWebSocket = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';

/** Makes the session listener: nothing but sessions, each below its own path (operations 5). */
export const createSessionServer = (parts: SessionServerParts): SessionServer => {
  const forwarder = createForwarder();
  const handleRequest = createRequestHandler(parts, forwarder);
  const handleUpgrade = createUpgradeHandler(parts, forwarder);
  const upgraded = new Set<Socket>();
  const options = { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 };
  const server = createServer({ ...options, shouldUpgradeCallback: isWebSocket });
  server.on('request', (request, response) => {
    handleRequest(request, response).catch((error: unknown) => {
      parts.logger.warn({ err: error }, 'a request to a session broke off');
      response.destroy();
    });
  });
  server.on('upgrade', (request, socket: Socket, head) => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    handleUpgrade(request, socket, head).catch((error: unknown) => {
      parts.logger.warn({ err: error }, 'a WebSocket to a session broke off');
      socket.destroy();
    });
  });
  server.on('clientError', (_error, socket) =>
    refuseSocket(socket, makeErrorAnswer(new SlipwayError('PROXY_REQUEST_INVALID'))),
  );
  return {
    server,
    close: async (graceMs) => {
      await drainServer(server, upgraded, graceMs);
      forwarder.close();
    },
  };
};
