import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LaunchRequest } from '../../contracts/launch.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { WelcomeClient } from '../admission/welcome.ts';
import { isAccepted } from '../http/accept.ts';
import { EVENT_STREAM_HEADERS } from '../http/event-stream.ts';
import { readLastEventId } from '../http/last-event-id.ts';
import { readRepoSpec } from '../http/raw-path.ts';
import { readVisibleAddresses, type AddressParts } from '../http/visible-address.ts';
import type { LaunchService } from '../launches.ts';
import { readClientIp, sendLaunchEvents, type Following, type LaunchStreamParts } from './launch-stream.ts';

export type BuildRouteParts = AddressParts &
  Omit<LaunchStreamParts, 'launches'> & { readonly launches: LaunchService; readonly welcome: WelcomeClient };

type BuildRoute = {
  Params: { provider: string };
  Querystring: { lastEventId?: unknown; build_only?: unknown };
};

const isBuildOnly = ({ query }: FastifyRequest<BuildRoute>): boolean =>
  String(query.build_only).toLowerCase() === 'true';

type Wanted = Pick<LaunchRequest, 'repo' | 'buildOnly'>;

const isSame = (known: Wanted, asked: Wanted): boolean =>
  known.repo.provider === asked.repo.provider &&
  known.repo.spec === asked.repo.spec &&
  (known.buildOnly ?? false) === asked.buildOnly;

/** The launch that a client reconnects to, else a new one. An id serves only for the link that it was given for. */
const findOrStart = async (
  request: FastifyRequest<BuildRoute>,
  reply: FastifyReply,
  parts: BuildRouteParts,
): Promise<Following> => {
  const repo = readRepoSpec(request);
  const position = readLastEventId(request);
  const known = position === undefined ? undefined : await parts.launches.find(position.launchId);
  const buildOnly = isBuildOnly(request);
  if (position !== undefined && known !== undefined && isSame(known.request, { repo, buildOnly }))
    return { launch: known, afterSeq: position.seq };
  const { client, headers } = await parts.welcome({ address: readClientIp(request), hasBuildToken: false });
  reply.headers(headers);
  const wanted = {
    repo,
    ...(client === undefined ? {} : { client }),
    ...readVisibleAddresses(request, parts),
    ...(buildOnly ? { buildOnly } : {}),
  };
  return { launch: await parts.launches.start(wanted), afterSeq: 0 };
};

const checkRequest = (request: FastifyRequest<BuildRoute>): void => {
  if (!isAccepted(request.headers.accept, 'text/event-stream')) throw new SlipwayError('LAUNCH_ACCEPT_INVALID');
};

/** `GET /build/<provider>/<spec>`: launches and streams what happens, as BinderHub's clients expect it. */
export const addBuildRoute = (app: FastifyInstance, parts: BuildRouteParts): void => {
  app.route<BuildRoute>({
    method: ['GET', 'HEAD'],
    url: '/build/:provider/*',
    handler: async (request, reply) => {
      if (request.method === 'HEAD') return reply.headers(EVENT_STREAM_HEADERS).send();
      checkRequest(request);
      const following = await findOrStart(request, reply, parts);
      await sendLaunchEvents(reply, following, { parts, clientIp: readClientIp(request) });
      return reply;
    },
  });
};
