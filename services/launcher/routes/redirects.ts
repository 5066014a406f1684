import type { FastifyInstance } from 'fastify';
import { readRawSegments } from '../http/raw-path.ts';

/** `/repo/<owner>/<repository>[/path]`, Binder's first kind of link: GitHub, default branch, a page of the session. */
export const addRedirects = (app: FastifyInstance): void => {
  app.get('/repo/:owner/:repo', async (request, reply) => {
    const [, owner, repo] = readRawSegments(request);
    return reply.redirect(`/v2/gh/${owner}/${repo}/HEAD`, 302);
  });
  app.get('/repo/:owner/:repo/*', async (request, reply) => {
    const [, owner, repo, ...rest] = readRawSegments(request);
    const path = decodeURIComponent(rest.join('/')).replace(/\/+$/, '');
    const query = path === '' ? '' : `?${new URLSearchParams({ urlpath: `/${path}` }).toString()}`;
    return reply.redirect(`/v2/gh/${owner}/${repo}/HEAD${query}`, 302);
  });
};
