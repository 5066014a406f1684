import { isDeepStrictEqual } from 'node:util';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LaunchRequest } from '../../contracts/launch.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { WelcomeClient } from '../admission/welcome.ts';
import { readContentLink, type ContentQuery } from '../content/read-content-link.ts';
import { isAccepted } from '../http/accept.ts';
import { readClaims, type BuildTokens } from '../http/build-token.ts';
import { EVENT_STREAM_HEADERS } from '../http/event-stream.ts';
import { readLastEventId } from '../http/last-event-id.ts';
import { readRepoSpec } from '../http/raw-path.ts';
import { readVisibleAddresses, type AddressParts } from '../http/visible-address.ts';
import type { LaunchService } from '../launches.ts';
import { readClientIp, sendLaunchEvents, type Following, type LaunchStreamParts } from './launch-stream.ts';

export type BuildRouteParts = AddressParts &
  Omit<LaunchStreamParts, 'launches'> & {
    readonly launches: LaunchService;
    readonly welcome: WelcomeClient;
    readonly buildTokens?: BuildTokens | undefined;
  };

type BuildRoute = {
  Params: { provider: string };
  Querystring: ContentQuery & { lastEventId?: unknown; build_only?: unknown; build_token?: unknown };
};

const readAsked = (request: FastifyRequest<BuildRoute>): Pick<LaunchRequest, 'repo' | 'content'> => {
  const content = readContentLink(request.query);
  return { repo: readRepoSpec(request), ...(content === undefined ? {} : { content }) };
};

const isBuildOnly = ({ query }: FastifyRequest<BuildRoute>): boolean =>
  String(query.build_only).toLowerCase() === 'true';

type Wanted = Pick<LaunchRequest, 'repo' | 'content' | 'buildOnly'>;

const isSame = (known: Wanted, asked: Wanted): boolean =>
  known.repo.provider === asked.repo.provider &&
  known.repo.spec === asked.repo.spec &&
  isDeepStrictEqual(known.content, asked.content) &&
  (known.buildOnly ?? false) === asked.buildOnly;

/** Whether a page of ours started this: a token is needed by nobody, but one that is not good is refused. */
const checkBuildToken = (request: FastifyRequest<BuildRoute>, { buildTokens }: BuildRouteParts): boolean => {
  const { build_token: token } = request.query;
  if (buildTokens === undefined || token === undefined) return false;
  if (typeof token === 'string' && buildTokens.isValid(token, readClaims(request))) return true;
  throw new SlipwayError('LAUNCH_TOKEN_INVALID');
};

const MAX_ORIGIN_LENGTH = 200;

/** The page that a request comes from, or how far away it is, as browsers say it. */
const readRequestOrigin = ({ headers }: FastifyRequest): string =>
  (headers.origin ?? headers['sec-fetch-site'] ?? '').slice(0, MAX_ORIGIN_LENGTH);

/** The launch that a client reconnects to, else a new one. An id serves only for the link that it was given for. */
const findOrStart = async (
  request: FastifyRequest<BuildRoute>,
  reply: FastifyReply,
  parts: BuildRouteParts,
): Promise<Following> => {
  const asked = readAsked(request);
  const position = readLastEventId(request);
  const known = position === undefined ? undefined : await parts.launches.find(position.launchId);
  const buildOnly = isBuildOnly(request);
  if (position !== undefined && known !== undefined && isSame(known.request, { ...asked, buildOnly }))
    return { launch: known, afterSeq: position.seq };
  const hasBuildToken = checkBuildToken(request, parts);
  const { client, headers } = await parts.welcome({ address: readClientIp(request), hasBuildToken });
  reply.headers(headers);
  const wanted = {
    ...asked,
    buildToken: hasBuildToken,
    requestOrigin: readRequestOrigin(request),
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
