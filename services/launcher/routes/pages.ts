import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sep } from 'node:path';
import { readClaims, type BuildTokens } from '../http/build-token.ts';
import type { PageFacts, SendPage } from '../http/page.ts';
import type { RepoProviders } from '../repo/index.ts';

export type PageRouteParts = {
  readonly providers: Pick<RepoProviders, 'has'>;
  readonly webDist: string;
  readonly sendPage: SendPage;
  readonly buildTokens?: BuildTokens | undefined;
};

/** Vite puts a hash of the content into the names below assets/, so such a name never changes its content. */
const isHashed = (path: string): boolean => path.includes(`${sep}assets${sep}`);

/** The home page, the launch page, and the files that they load. */
export const addPageRoutes = (app: FastifyInstance, parts: PageRouteParts): void => {
  const { providers, webDist, sendPage, buildTokens } = parts;
  const makeFacts = (request: FastifyRequest): PageFacts =>
    buildTokens === undefined ? {} : { 'build-token': buildTokens.mint(readClaims(request)) };
  for (const address of ['/', '/sessions']) app.get(address, async (_request, reply) => sendPage(reply, 200));
  app.get<{ Params: { provider: string } }>('/v2/:provider/*', async (request, reply) =>
    providers.has(request.params.provider) ? sendPage(reply, 200, makeFacts(request)) : sendPage(reply, 404),
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
