import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import Agent from 'undici/lib/dispatcher/agent.js';
import { forwardRequest } from './forward-request.ts';
import { forwardUpgrade } from './forward-upgrade.ts';
import type { Forwarding } from './forwarding.ts';

export type Forwarder = {
  request(exchange: { request: IncomingMessage; response: ServerResponse }, forwarding: Forwarding): void;
  upgrade(client: { request: IncomingMessage; socket: Socket; head: Buffer }, forwarding: Forwarding): void;
  close(): Promise<void>;
};

/** Idle connections are given back before any server closes them under a request. */
const IDLE_CONNECTION_MS = 15_000;

/** Sessions may take their time to answer: a program may wait for a computation. */
const NO_LIMIT = 0;

/** Passes requests and WebSockets on to sessions, over connections that are kept for each session. */
export const createForwarder = (): Forwarder => {
  const agent = new Agent({
    keepAliveTimeout: IDLE_CONNECTION_MS,
    keepAliveMaxTimeout: IDLE_CONNECTION_MS,
    headersTimeout: NO_LIMIT,
    bodyTimeout: NO_LIMIT,
  });
  return {
    request: (exchange, forwarding) => forwardRequest(agent, exchange, forwarding),
    upgrade: forwardUpgrade,
    close: () => agent.destroy(),
  };
};
