import type { FastifyInstance } from 'fastify';
import { createHash } from 'node:crypto';
import { BADGES } from './badge-images.ts';

const HOUR = 'public, max-age=3600';

/** The badge images, which README files all over the web load: cached for an hour, then asked for by entity tag. */
export const addBadgeRoutes = (app: FastifyInstance): void => {
  for (const [path, image] of Object.entries(BADGES)) {
    const etag = `"${createHash('sha256').update(image).digest('base64url').slice(0, 16)}"`;
    app.get(path, async (request, reply) => {
      reply.headers({ etag, 'cache-control': HOUR });
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type('image/svg+xml').send(image);
    });
  }
};
