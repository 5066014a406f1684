import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { ProxyLimits } from '../../../services/launcher/proxy/session-meters.ts';
import { createSessionServer, type SessionServer } from '../../../services/launcher/proxy/session-server.ts';
import { createSessionAccess } from '../../../services/launcher/sessions/session-access.ts';
import { createSessionDirectory } from '../../../services/launcher/sessions/session-directory.ts';
import { createSessionHistory, ENDED_SESSIONS } from '../../../services/launcher/sessions/session-history.ts';
import { makeSessionPath } from '../../../services/launcher/sessions/session-path.ts';
import { systemClock } from '../../../services/platform/clock.ts';
import { createLogger } from '../../../services/platform/logger.ts';
import { openDatabase } from '../../../services/platform/sqlite.ts';
import { createFakeSessionRuntime } from '../../support/fake-session-runtime.ts';
import { makeSessionSpec } from '../../support/session-spec.ts';

const listen = async (server: Server): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
};

/** A little Jupyter: answers with what it was asked, echoes WebSockets, and remembers what reached it. */
const startUpstream = async (handler?: RequestListener) => {
  const requests: IncomingMessage[] = [];
  const connections = new Set<Socket>();
  const server = createServer((request, response) => {
    requests.push(request);
    if (handler) return handler(request, response);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers }));
  });
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  let opened = 0;
  server.on('connection', () => (opened += 1));
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, request) => {
    requests.push(request);
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  const port = await listen(server);
  const close = (): void => {
    server.close();
    for (const socket of connections) socket.destroy();
  };
  return { port, requests, connections, webSockets: sockets.clients, openedConnections: () => opened, close };
};

export type ListenerOptions = {
  readonly handler?: RequestListener;
  readonly publicUrl?: string;
  readonly limits?: Partial<ProxyLimits>;
  readonly address?: 'path' | 'subdomain';
};

/** The session listener on real sockets, with one session that runs on a real upstream. */
export const startListener = async ({ handler, publicUrl = '', ...options }: ListenerOptions = {}) => {
  const upstream = await startUpstream(handler);
  const clock = { ...systemClock, now: () => Date.now() + advance };
  let advance = 0;
  const history = createSessionHistory(openDatabase(':memory:', [ENDED_SESSIONS]));
  const runtime = createFakeSessionRuntime({ address: { host: '127.0.0.1', port: upstream.port } });
  const directory = createSessionDirectory({ runtime, history, clock });
  const keys = createSessionAccess({ secret: Buffer.alloc(32, 7), clock });
  const logger = createLogger({ level: 'silent' });
  const controlUrl = () => 'http://control.example/';
  const listener: SessionServer = createSessionServer({
    directory,
    keys,
    logger,
    publicUrl,
    address: options.address ?? 'path',
    limits: { connections: 256, bytesPerSecond: 0, silenceMs: 90_000, ...options.limits },
    controlUrl,
  });
  const port = await listen(listener.server);
  const spec = makeSessionSpec();
  const path = makeSessionPath(spec.id);
  await runtime.start({ spec, token: keys.token(spec.id), basePath: path }, new AbortController().signal);
  await directory.refresh();
  const lastActivity = (): number => directory.all()[0]?.lastActivity ?? 0;
  return {
    upstream,
    runtime,
    directory,
    history,
    keys,
    listener,
    spec,
    path,
    port,
    host: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}${path}`,
    cookie: `slipway-session=${keys.cookie(spec.id)}`,
    /** Moves the clock on, and says whether the session was used since. */
    advance: (milliseconds: number) => (advance += milliseconds),
    wasUsed: () => clock.now() - lastActivity() < 1000,
    [Symbol.asyncDispose]: async () => {
      await listener.close(0);
      upstream.close();
    },
  };
};
