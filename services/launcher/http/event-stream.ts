import type { FastifyReply } from 'fastify';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { renderEventText } from '../events/event-text.ts';

/** One event of a stream: `id` is what a client sends back as Last-Event-ID. */
export type StreamEvent = { readonly id: string; readonly data: object };

export type StreamSource = {
  /** Where the client is before the first event; it comes back with this when the connection breaks at once. */
  readonly startId: string;
  /** Gets a signal that is aborted when the client goes away; is asked for the next event only when the client took the last. */
  readonly read: (signal: AbortSignal) => AsyncIterable<StreamEvent>;
};

export type EventStreamOptions = {
  /** Aborted when the server drains: all streams then end at once, and clients come back to the next process. */
  readonly draining: AbortSignal;
  readonly heartbeatMs?: number;
  /** How long the stream stays open after its last event, so that no client takes the end for a failure. */
  readonly holdOpenMs?: number;
  /** How long a client waits before it comes back. */
  readonly retryMs?: number;
};

const HEARTBEAT_MS = 20_000;
const HOLD_OPEN_MS = 60_000;
const RETRY_MS = 1000;
/** How long a client that does not read may hold up a server that wants to stop. */
const DRAIN_MS = 1000;

export const EVENT_STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  /** Tells nginx not to buffer. */
  'x-accel-buffering': 'no',
};

/** JSON has no raw line ends, so one `data:` line is enough. */
const renderEvent = ({ id, data }: StreamEvent): string => `id: ${id}\ndata: ${renderEventText(data)}\n\n`;

const write = async (response: ServerResponse, text: string, signal: AbortSignal): Promise<void> => {
  if (!response.write(text)) await once(response, 'drain', { signal });
};

/** A signal that is aborted when the client is gone or the server drains. */
const createStreamSignal = (response: ServerResponse, draining: AbortSignal): AbortSignal => {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.on('error', () => gone.abort());
  return AbortSignal.any([gone.signal, draining]);
};

const end = (response: ServerResponse, draining: AbortSignal): void => {
  response.end();
  if (draining.aborted) setTimeout(() => response.destroy(), DRAIN_MS).unref();
};

/**
 * Writes a stream of server-sent events, the only place that does. Its first bytes are an id without data: clients keep
 * it, and are told nothing. Resolves when the stream is over; throws what reading throws.
 */
export const sendEventStream = async (
  reply: FastifyReply,
  { startId, read }: StreamSource,
  { draining, heartbeatMs = HEARTBEAT_MS, holdOpenMs = HOLD_OPEN_MS, retryMs = RETRY_MS }: EventStreamOptions,
): Promise<void> => {
  reply.hijack();
  const response = reply.raw;
  const signal = createStreamSignal(response, draining);
  const headers = Object.entries({ ...reply.getHeaders(), ...EVENT_STREAM_HEADERS });
  response.writeHead(200, Object.fromEntries(headers.filter(([, value]) => value !== undefined)));
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write(': heartbeat\n\n');
  }, heartbeatMs);
  try {
    await write(response, `retry: ${retryMs}\nid: ${startId}\n\n`, signal);
    for await (const event of read(signal)) await write(response, renderEvent(event), signal);
    await sleep(holdOpenMs, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    clearInterval(heartbeat);
    end(response, draining);
  }
};
