import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Transform, type Readable } from 'node:stream';
import type { Agent, Dispatcher } from 'undici';
import { STALLED_MS, type Forwarding } from './forwarding.ts';
import { holdBack } from './hold-back.ts';
import { makeResponseHeaders } from './proxied-headers.ts';
import { hasBody } from './request-facts.ts';

type Exchange = {
  readonly agent: Agent;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly forwarding: Forwarding;
  /** Whether the session may be asked once more: nothing was lost, and asking twice changes nothing. */
  readonly mayRetry: boolean;
};

/** A stream of its own, so that an answer that comes before the end of an upload does not cost the client's connection. */
const openBody = (request: IncomingMessage, { spend }: Forwarding): Readable => {
  const body = new Transform({
    transform: (chunk: Buffer, ...[, done]) => {
      const waitMs = spend(chunk.length);
      if (waitMs === 0) done(null, chunk);
      else setTimeout(() => done(null, chunk), waitMs);
    },
  });
  request.once('close', () => {
    if (!request.complete) body.destroy(new Error('the client broke its upload off'));
  });
  return request.pipe(body);
};

/** The session closed a kept connection just when this request went out on it. */
const isLostConnection = (error: Error): boolean =>
  ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes((error as { code?: string }).code ?? '');

const passInformation = (response: ServerResponse, status: number, headers: Record<string, unknown>): void => {
  if (status === 102) response.writeProcessing();
  const { link } = headers;
  if (status === 103 && (typeof link === 'string' || Array.isArray(link)))
    response.writeEarlyHints({ link: link as string | string[] });
};

const passTrailers = (response: ServerResponse, trailers: IncomingHttpHeaders): void => {
  if (response.chunkedEncoding) response.addTrailers(trailers);
};

const startAnswer = (
  { response, forwarding }: Exchange,
  { rawHeaders }: Dispatcher.DispatchController,
  { status, message }: { status: number; message: string | undefined },
): void => {
  const raw = (rawHeaders as readonly Buffer[]).map((text) => text.toString('latin1'));
  const headers = makeResponseHeaders(raw, forwarding.basePath);
  response.writeHead(status, message, headers);
  if (forwarding.isActivity && status < 400) forwarding.onActivity();
};

/** As text, a small body leaves in one piece with the headers, which is half of the work of such an answer. */
const LONGEST_TEXT = 8192;

/** What sessions answered in one turn of the event loop leaves at its end: whoever reads it is woken once for all of it. */
const writeChunk = (response: ServerResponse, chunk: Buffer): boolean => {
  if (chunk.length > LONGEST_TEXT) return response.write(chunk);
  response.cork();
  setImmediate(() => response.uncork());
  return response.write(chunk.toString('latin1'), 'latin1');
};

/** By then, what was written has left already and the end adds nothing to it; the end of a chunked body does. */
const endAnswer = (response: ServerResponse): void => {
  if (response.chunkedEncoding) response.end();
  else setImmediate(() => response.end());
};

const failAnswer = (exchange: Exchange, error: Error): void => {
  const { response, forwarding } = exchange;
  if (response.destroyed) return;
  if (response.headersSent) response.destroy();
  else if (exchange.mayRetry && isLostConnection(error)) dispatch({ ...exchange, mayRetry: false });
  else forwarding.onUnreachable(error);
};

/** Ends the exchange at the session when the client is gone. */
const createAbort = (response: ServerResponse) => {
  let controller: Dispatcher.DispatchController | undefined;
  const abortIfGone = (): void => {
    if (response.destroyed && !response.writableFinished) controller?.abort(new Error('the client went away'));
  };
  response.once('close', abortIfGone);
  return (started: Dispatcher.DispatchController): void => {
    controller = started;
    abortIfGone();
  };
};

const createHandler = (exchange: Exchange, onStarted: () => void): Dispatcher.DispatchHandler => {
  const { response } = exchange;
  const abortWith = createAbort(response);
  return {
    onRequestStart: (controller) => {
      onStarted();
      abortWith(controller);
    },
    onResponseStart: (controller, ...[status, headers, message]) => {
      if (status < 200) passInformation(response, status, headers);
      else startAnswer(exchange, controller, { status, message });
    },
    onResponseData: (controller, chunk) => {
      const isFull = !writeChunk(response, chunk);
      holdBack(controller, response, { isFull, waitMs: exchange.forwarding.spend(chunk.length) });
    },
    onResponseEnd: (_controller, trailers) => {
      passTrailers(response, trailers);
      endAnswer(response);
    },
    onResponseError: (_controller, error) => {
      onStarted();
      failAnswer(exchange, error);
    },
  };
};

const dispatch = (exchange: Exchange): void => {
  const { agent, request, forwarding } = exchange;
  const { address, headers, onStalled } = forwarding;
  let hasStarted = false;
  let timer: NodeJS.Timeout | undefined;
  const onStarted = (): void => {
    hasStarted = true;
    clearTimeout(timer);
  };
  agent.dispatch(
    {
      origin: `http://${address.host}:${address.port}`,
      path: request.url ?? '/',
      method: request.method as Dispatcher.HttpMethod,
      headers,
      body: hasBody(request) ? openBody(request, forwarding) : null,
    },
    createHandler(exchange, onStarted),
  );
  if (!hasStarted) timer = setTimeout(onStalled, STALLED_MS);
};

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Passes one request on to its session and the answer back, with back-pressure and without holding either. */
export const forwardRequest = (
  agent: Agent,
  { request, response }: { request: IncomingMessage; response: ServerResponse },
  forwarding: Forwarding,
): void => {
  const mayRetry = SAFE_METHODS.has(request.method ?? '') && !hasBody(request);
  dispatch({ agent, request, response, forwarding, mayRetry });
};
