import type { FastifyRequest } from 'fastify';
import type { RepoSpec } from '../../contracts/repository.ts';

/** The segments of the path as the client sent them, still percent-encoded; the router gives decoded text only. */
export const readRawSegments = (request: FastifyRequest): readonly string[] => {
  const target = (request.raw.url ?? '/').replace(/^https?:\/\/[^/?#]*/i, '');
  const [path = ''] = target.split(/[?#]/, 1);
  return path.split('/').slice(1);
};

/** The spec of `/build/<provider>/<spec>` and `/v2/<provider>/<spec>`, percent-encoded as sent, without trailing slashes. */
export const readRepoSpec = (request: FastifyRequest<{ Params: { provider: string } }>): RepoSpec => {
  const spec = readRawSegments(request).slice(2).join('/');
  return { provider: request.params.provider, spec: spec.replace(/\/+$/, '') };
};
