import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { makeSessionPath } from '../sessions/session-path.ts';
import { LEAVE_HOST_TO_US, refuseMalformed } from '../http/refuse-malformed.ts';
import { isActivity } from './activity.ts';
import type { Answer } from './answer-page.ts';
import { drainServer } from './drain-server.ts';
import { makeErrorAnswer } from './ended-answer.ts';
import { enterSession } from './entry.ts';
import { explainStalled, explainUnreachable } from './explain-absence.ts';
import { createForwarder, type Forwarder } from './forwarder.ts';
import type { Forwarding } from './forwarding.ts';
import { OWN_HEADERS, refuseSocket, sendAnswer } from './own-answer.ts';
import { makeRequestHeaders } from './proxied-headers.ts';
import { rememberKeys } from './remembered-keys.ts';
import { asksForWebSocket, hasBody } from './request-facts.ts';
import { createSessionMeters, type Meter, type SessionMeters } from './session-meters.ts';
import { answerError, routeRequest, type Incoming, type Route, type SessionServerParts } from './route-request.ts';

export type SessionServer = {
  /** Not listening yet. */
  readonly server: Server;
  /** Stops accepting, lets requests finish for at most `graceMs`, then cuts what is left, WebSockets included. */
  close(graceMs: number): Promise<void>;
};

/** An upload may take as long as it takes, its headers may not. */
const HTTP_OPTIONS = { maxHeaderSize: 32 * 1024, keepAliveTimeout: 75_000, requestTimeout: 0, ...LEAVE_HOST_TO_US };

type Parts = SessionServerParts & { readonly meters: SessionMeters };
type Forward = Extract<Route, { kind: 'forward' }>;
type Handling = Incoming & { readonly parts: Parts; readonly meter: Meter; readonly send: (answer: Answer) => void };

const BUSY = makeErrorAnswer(new SlipwayError('PROXY_SESSION_BUSY'));

/** Counts a connection of a session for as long as its client is there. */
const openMeter = ({ meters }: Parts, { session }: Forward, client: Writable): Meter | undefined => {
  const meter = meters.open(session.spec.id);
  if (client.destroyed) meter?.close();
  else client.once('close', () => meter?.close());
  return meter;
};

/** Prepares a request for its session. */
const makeForwarding = (handling: Handling, { session, target, credentials }: Forward): Forwarding => {
  const { request, isUpgrade, parts, meter, send } = handling;
  const { id } = session.spec;
  const missing = { request, id, send };
  const method = request.method ?? '';
  const headers = makeRequestHeaders(request, {
    isUpgrade,
    isSecure: parts.publicUrl.startsWith('https:'),
    keepsCookies: credentials.kind === 'session' || credentials.keepsCookies,
    token: credentials.kind === 'session' ? parts.keys.token(id) : undefined,
  });
  return {
    address: session.address,
    basePath: makeSessionPath(id),
    headers,
    spend: (bytes) => meter.spend(bytes),
    silenceMs: parts.limits.silenceMs,
    isActivity: isActivity({ method, path: target.rest ?? '', query: target.query }),
    onActivity: () => parts.directory.touch(id),
    onStalled: () => void explainStalled(parts, missing),
    onUnreachable: () => void explainUnreachable(parts, missing),
  };
};

const createRequestHandler = (parts: Parts, forwarder: Forwarder) => {
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
  const forward = (request: IncomingMessage, response: ServerResponse, route: Forward): void => {
    const send = (answer: Answer): void => {
      if (!response.headersSent && !response.destroyed) sendAnswer(request, response, answer);
    };
    const meter = openMeter(parts, route, response);
    if (meter === undefined) return send(BUSY);
    const handling = { request, isUpgrade: false, parts, meter, send };
    forwarder.request({ request, response }, makeForwarding(handling, route));
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
        forward(request, response, route);
        return;
      case 'answer':
        sendAnswer(request, response, route.answer);
    }
  };
};

const createUpgradeHandler = (parts: Parts, forwarder: Forwarder) => {
  return async (request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> => {
    socket.on('error', () => socket.destroy());
    const route = await routeRequest(parts, { request, isUpgrade: true });
    if (route.kind === 'answer') return refuseSocket(socket, route.answer);
    if (route.kind !== 'forward')
      return refuseSocket(socket, makeErrorAnswer(new SlipwayError('PROXY_REQUEST_INVALID')));
    const send = (answer: Answer): void => refuseSocket(socket, answer);
    const meter = openMeter(parts, route, socket);
    if (meter === undefined) return send(BUSY);
    const handling = { request, isUpgrade: true, parts, meter, send };
    forwarder.upgrade({ request, socket, head }, makeForwarding(handling, route));
  };
};

const isWebSocket = (request: IncomingMessage): boolean => asksForWebSocket(request) && !hasBody(request);

/** Makes the session listener: nothing but sessions, each below its own path (operations 5). */
export const createSessionServer = (options: SessionServerParts): SessionServer => {
  const parts = { ...options, keys: rememberKeys(options.keys), meters: createSessionMeters(options.limits) };
  const forwarder = createForwarder();
  const handleRequest = createRequestHandler(parts, forwarder);
  const handleUpgrade = createUpgradeHandler(parts, forwarder);
  const upgraded = new Set<Socket>();
  const server = createServer({ ...HTTP_OPTIONS, shouldUpgradeCallback: isWebSocket });
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
  refuseMalformed(server, 'PROXY_REQUEST_INVALID');
  return {
    server,
    close: async (graceMs) => {
      await drainServer(server, upgraded, graceMs);
      await forwarder.close();
    },
  };
};
