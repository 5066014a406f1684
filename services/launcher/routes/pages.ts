import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { sep } from 'node:path';
import type { SendPage } from '../http/page.ts';
import type { RepoProviders } from '../repo/index.ts';

export type PageRouteParts = {
  readonly providers: Pick<RepoProviders, 'has'>;
  readonly webDist: string;
  readonly sendPage: SendPage;
};

/** Vite puts a hash of the content into the names below assets/, so such a name never changes its content. */
const isHashed = (path: string): boolean => path.includes(`${sep}assets${sep}`);

/** The home page, the launch page, and the files that they load. */
export const addPageRoutes = (app: FastifyInstance, { providers, webDist, sendPage }: PageRouteParts): void => {
  for (const address of ['/', '/sessions']) app.get(address, async (_request, reply) => sendPage(reply, 200));
  app.get<{ Params: { provider: string } }>('/v2/:provider/*', async ({ params }, reply) =>
    sendPage(reply, providers.has(params.provider) ? 200 : 404),
  );
  app.register(fastifyStatic, {
    root: webDist,
    index: false,
    dotfiles: 'ignore',
    decorateReply: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      reply.header('cache-control', isHashed(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
};
