import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LaunchEvent, ReadyDelivery } from '../../contracts/launch-event.ts';
import { SlipwayError, toSlipwayError } from '../../contracts/slipway-error.ts';
import type { Logger } from '../../platform/logger.ts';
import type { LaunchRecord, LoggedEvent } from '../events/event-log.ts';
import { makeFailedEvent } from '../events/make-launch-event.ts';
import { isAccepted } from '../http/accept.ts';
import {
  EVENT_STREAM_HEADERS,
  sendEventStream,
  type EventStreamOptions,
  type StreamEvent,
} from '../http/event-stream.ts';
import { readLastEventId, renderEventId } from '../http/last-event-id.ts';
import { readRepoSpec } from '../http/raw-path.ts';
import { readVisibleAddresses, type AddressParts } from '../http/visible-address.ts';
import type { LaunchService } from '../launches.ts';
import type { Metrics } from '../metrics.ts';
import type { SessionService } from '../sessions/session-service.ts';

export type BuildRouteParts = AddressParts & {
  readonly launches: LaunchService;
  readonly sessions: Pick<SessionService, 'access'>;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly stream: EventStreamOptions;
};

type BuildRoute = {
  Params: { provider: string };
  Querystring: { lastEventId?: unknown; build_only?: unknown };
};

type Following = { readonly launch: LaunchRecord; readonly afterSeq: number };

/** The launch that a client reconnects to, else a new one. An id serves only for the link that it was given for. */
const findOrStart = (request: FastifyRequest<BuildRoute>, parts: BuildRouteParts): Following => {
  const repo = readRepoSpec(request);
  const position = readLastEventId(request);
  const known = position === undefined ? undefined : parts.launches.find(position.launchId);
  const asked = known?.request.repo;
  if (position !== undefined && known !== undefined && asked?.provider === repo.provider && asked.spec === repo.spec)
    return { launch: known, afterSeq: position.seq };
  return { launch: parts.launches.start({ repo, ...readVisibleAddresses(request, parts) }), afterSeq: 0 };
};

type Delivery = { readonly launch: LaunchRecord; readonly clientIp: string; readonly parts: BuildRouteParts };

/** Adds to `ready` how to get in, made anew for each delivery so that it is never stored. */
const decorate = (event: LaunchEvent, { launch, clientIp, parts }: Delivery): LaunchEvent => {
  if (event.phase !== 'ready') return event;
  try {
    const { token, entryPath } = parts.sessions.access(event.sessionId);
    const enterUrl = `${launch.request.sessionHost}${entryPath}`;
    const delivered: ReadyDelivery = { token, enterUrl, binder_client_ip: clientIp };
    return { ...event, ...delivered };
  } catch (error) {
    return makeFailedEvent(toSlipwayError(error), event.at);
  }
};

async function* deliver(
  events: AsyncIterable<LoggedEvent<LaunchEvent>>,
  delivery: Delivery,
): AsyncGenerator<StreamEvent> {
  for await (const { seq, event } of events)
    yield { id: renderEventId({ launchId: delivery.launch.id, seq }), data: decorate(event, delivery) };
}

const checkRequest = (request: FastifyRequest<BuildRoute>): void => {
  if (!isAccepted(request.headers.accept, 'text/event-stream')) throw new SlipwayError('LAUNCH_ACCEPT_INVALID');
  if (String(request.query.build_only).toLowerCase() === 'true')
    throw new SlipwayError('LAUNCH_REQUEST_INVALID', {
      message: 'This server builds images only to launch them.',
      hint: 'Leave build_only out of the address.',
    });
};

const follow = async (
  reply: FastifyReply,
  { launch, afterSeq }: Following,
  { parts, clientIp }: Omit<Delivery, 'launch'>,
): Promise<void> => {
  parts.metrics.add('slipway_event_streams', 1);
  try {
    const read = (signal: AbortSignal) =>
      deliver(parts.launches.follow(launch.id, afterSeq, signal), { launch, clientIp, parts });
    await sendEventStream(reply, read, parts.stream);
  } catch (error) {
    parts.log.error({ err: error, launch: launch.id }, 'event stream failed');
  } finally {
    parts.metrics.add('slipway_event_streams', -1);
  }
};

/** `GET /build/<provider>/<spec>`: launches and streams what happens, as BinderHub's clients expect it. */
export const addBuildRoute = (app: FastifyInstance, parts: BuildRouteParts): void => {
  app.route<BuildRoute>({
    method: ['GET', 'HEAD'],
    url: '/build/:provider/*',
    handler: async (request, reply) => {
      if (request.method === 'HEAD') return reply.headers(EVENT_STREAM_HEADERS).send();
      checkRequest(request);
      const clientIp = request.ip.replace(/^::ffff:/i, '');
      await follow(reply, findOrStart(request, parts), { parts, clientIp });
      return reply;
    },
  });
};
