import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { Logger } from '../../platform/logger.ts';
import { makeFailedEvent } from '../events/make-launch-event.ts';
import { isAccepted } from './accept.ts';
import { EVENT_STREAM_HEADERS } from './event-stream.ts';
import { CORS_HEADERS } from './headers.ts';
import type { SendPage } from './page.ts';

/** What fastify or a plugin refuses (bad path, too large, …) is the client's mistake; its text stays inside. */
const explain = (error: FastifyError | SlipwayError): SlipwayError => {
  if (error instanceof SlipwayError) return error;
  const status = error.statusCode ?? 500;
  if (status === 404) return new SlipwayError('LAUNCH_PAGE_NOT_FOUND', { cause: error });
  if (error.code === 'FST_ERR_BAD_URL')
    return new SlipwayError('LAUNCH_REQUEST_INVALID', {
      message: 'The address has a % that is not followed by two hexadecimal digits of UTF-8 text.',
      cause: error,
    });
  if (status === 415) return new SlipwayError('LAUNCH_TYPE_INVALID', { cause: error });
  return new SlipwayError(status < 500 ? 'LAUNCH_REQUEST_INVALID' : 'LAUNCH_INTERNAL', { cause: error });
};

/** An EventSource shows its page no status and no body: whoever asks for a stream is told in one. */
const asksForStream = ({ raw, headers }: FastifyRequest): boolean =>
  (raw.url ?? '').startsWith('/build/') && isAccepted(headers.accept, 'text/event-stream');

/** What a limit tells programs: when to come back, and how much is left. */
const limitHeaders = ({ details }: SlipwayError): Record<string, string> => ({
  ...(details['headers'] as Record<string, string> | undefined),
  ...(typeof details['retryAfterSeconds'] === 'number' ? { 'retry-after': String(details['retryAfterSeconds']) } : {}),
});

const send = (request: FastifyRequest, reply: FastifyReply, error: SlipwayError): FastifyReply => {
  const headers = { ...CORS_HEADERS, ...limitHeaders(error) };
  if (!asksForStream(request)) return reply.headers(headers).code(error.status).send(error.toBody());
  const event = makeFailedEvent(error, Date.now());
  return reply.headers({ ...headers, ...EVENT_STREAM_HEADERS }).send(`data: ${JSON.stringify(event)}\n\n`);
};

/** For the errors that fastify finds before there is a route, such as broken percent-encoding. */
export const sendFrameworkError = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
  send(request, reply, explain(error));
};

export type ErrorParts = { readonly log: Logger; readonly sendPage: SendPage };

/** The one place where errors become answers: JSON with a code, and a page for a browser that lost its way. */
export const addErrorHandling = (app: FastifyInstance, { log, sendPage }: ErrorParts): void => {
  app.setErrorHandler<FastifyError | SlipwayError>(async (error, request, reply) => {
    const explained = explain(error);
    const route = request.routeOptions.url;
    if (explained.status >= 500) log.error({ err: error, route, details: explained.details }, 'request failed');
    return send(request, reply, explained);
  });
  app.setNotFoundHandler(async (request, reply) => {
    if (isAccepted(request.headers.accept, 'text/html')) return sendPage(reply, 404);
    return send(request, reply, new SlipwayError('LAUNCH_PAGE_NOT_FOUND'));
  });
};
