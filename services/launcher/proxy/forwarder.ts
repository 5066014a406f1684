import { Agent, ServerResponse, type ClientRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Socket } from 'node:net';
import { createProxyServer } from 'httpxy';
import type { SessionAddress } from '../../contracts/session.ts';
import { createFrameScanner } from './frame-scanner.ts';
import { prepareResponseHeaders } from './proxied-headers.ts';

/** One request on its way to a session. */
export type Forwarding = {
  readonly address: SessionAddress;
  readonly basePath: string;
  /** Whether the connection is to be closed after the answer, as the client asked. */
  readonly closes: boolean;
  /** Somebody uses the session: called when the request was answered well, and for each frame of data. */
  readonly onActivity: () => void;
  readonly isActivity: boolean;
  /** The session's address takes its time to accept: its container may be gone. */
  readonly onStalled: () => void;
  /** The session could not be reached and nothing was answered yet. */
  readonly onUnreachable: (error: Error) => void;
};

export type Forwarder = {
  request(request: IncomingMessage, response: ServerResponse, forwarding: Forwarding): Promise<void>;
  upgrade(
    request: IncomingMessage,
    connection: { socket: Socket; head: Buffer },
    forwarding: Forwarding,
  ): Promise<void>;
  close(): void;
};

/** Idle connections are given back before any server closes them under a request. */
const IDLE_CONNECTION_MS = 15_000;

/** A container on this machine accepts at once; the network itself takes seconds to say that nobody is there. */
const STALLED_MS = 250;

const watchConnecting = (upstream: ClientRequest, { onStalled }: Forwarding): void => {
  const watch = (socket: Socket): void => {
    if (!socket.connecting) return;
    const timer = setTimeout(onStalled, STALLED_MS);
    const stop = (): void => clearTimeout(timer);
    socket.once('connect', stop).once('close', stop);
  };
  if (upstream.socket) watch(upstream.socket);
  else upstream.once('socket', watch);
};

const hasAnswered = (to: ServerResponse | Duplex | undefined): boolean =>
  to instanceof ServerResponse ? to.headersSent : to === undefined;

/** Counts what the client sends, and lets neither end of a WebSocket outlive the other. */
const watchWebSocket = (client: Duplex, session: Duplex, { isActivity, onActivity }: Forwarding): void => {
  if (isActivity) onActivity();
  client.on('data', createFrameScanner(onActivity));
  client.once('close', () => session.destroy());
};

/** httpxy moves the bytes, with back-pressure and without buffering; this is all that we add to it. */
const createProxy = (forwardings: WeakMap<IncomingMessage, Forwarding>) => {
  const proxy = createProxyServer();
  const opened = new WeakSet<object>();
  proxy.on('proxyReq', (upstream, request) => {
    const forwarding = forwardings.get(request);
    if (forwarding) watchConnecting(upstream, forwarding);
  });
  proxy.on('proxyRes', (answer, request) => {
    const forwarding = forwardings.get(request);
    if (!forwarding) return;
    prepareResponseHeaders(answer.headers, forwarding.basePath);
    if (forwarding.closes) answer.headers.connection = 'close';
    if (forwarding.isActivity && (answer.statusCode ?? 500) < 400) forwarding.onActivity();
  });
  proxy.on('proxyReqWs', (upstream, request, client) => {
    const forwarding = forwardings.get(request);
    if (!forwarding) return;
    watchConnecting(upstream, forwarding);
    upstream.once('upgrade', (answer, session) => {
      opened.add(client);
      prepareUpgradeHeaders(answer, forwarding);
      watchWebSocket(client, session, forwarding);
    });
  });
  proxy.on('error', (error, request, to) => {
    const forwarding = request && forwardings.get(request);
    if (to && opened.has(to)) return;
    if (hasAnswered(to)) to?.destroy();
    else forwarding?.onUnreachable(error);
  });
  return proxy;
};

const prepareUpgradeHeaders = (answer: IncomingMessage, { basePath }: Forwarding): void => {
  prepareResponseHeaders(answer.headers, basePath);
  Object.assign(answer.headers, { connection: 'Upgrade', upgrade: 'websocket' });
};

/** Passes requests and WebSockets on to sessions, over connections that are kept for each session. */
export const createForwarder = (): Forwarder => {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 16, timeout: IDLE_CONNECTION_MS });
  const forwardings = new WeakMap<IncomingMessage, Forwarding>();
  const proxy = createProxy(forwardings);
  const makeTarget = ({ address }: Forwarding) => ({ protocol: 'http:', ...address });
  return {
    request: (request, response, forwarding) => {
      forwardings.set(request, forwarding);
      return proxy.web(request, response, { target: makeTarget(forwarding), agent });
    },
    upgrade: (request, { socket, head }, forwarding) => {
      forwardings.set(request, forwarding);
      return proxy.ws(request, socket, { target: makeTarget(forwarding), agent: false }, head);
    },
    close: () => agent.destroy(),
  };
};
