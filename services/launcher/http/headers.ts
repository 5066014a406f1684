import type { FastifyInstance, FastifyReply } from 'fastify';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { namesOneHost } from './refuse-malformed.ts';

/**
 * Any page may read any answer: clients embed launches in pages of their own. No answer depends on a cookie, so
 * there is nothing that another page could borrow.
 */
export const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'retry-after, x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset',
};

const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, HEAD, POST, DELETE, OPTIONS',
  'access-control-allow-headers': 'accept, authorization, cache-control, content-type, last-event-id, x-xsrftoken',
  'access-control-max-age': '600',
};

const SECURITY_HEADERS = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'strict-origin-when-cross-origin' };

const PAGE_HEADERS = {
  'content-security-policy': [
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-cache',
};

/** What a page of ours may do: run and load only what this server serves, and never inside of a frame. */
export const addPageHeaders = (reply: FastifyReply): FastifyReply =>
  reply.headers(PAGE_HEADERS).type('text/html; charset=utf-8');

/** Headers of every answer, and the answer to every preflight request. */
export const addHeaders = (app: FastifyInstance): void => {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...CORS_HEADERS, ...SECURITY_HEADERS });
    if (!namesOneHost(request.raw))
      throw new SlipwayError('LAUNCH_REQUEST_INVALID', { message: 'There is not one Host header.' });
  });
  app.options('*', async (_request, reply) => reply.headers(PREFLIGHT_HEADERS).code(204).send());
};
