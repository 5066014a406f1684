import type { FastifyReply, FastifyRequest } from 'fastify';
import { isSessionReady, type LaunchEvent, type ReadyDelivery } from '../../contracts/launch-event.ts';
import { toSlipwayError } from '../../contracts/slipway-error.ts';
import type { Logger } from '../../platform/logger.ts';
import type { LaunchRecord, LoggedEvent } from '../events/event-log.ts';
import { makeLaunchLogName } from '../events/launch-log-name.ts';
import { makeFailedEvent } from '../events/make-launch-event.ts';
import { sendEventStream, type EventStreamOptions, type StreamEvent } from '../http/event-stream.ts';
import { renderEventId } from '../http/last-event-id.ts';
import type { LaunchService } from '../launches.ts';
import type { Metrics } from '../metrics.ts';
import { makeSessionOrigin } from '../sessions/session-origin.ts';
import type { SessionService } from '../sessions/session-service.ts';

export type LaunchStreamParts = {
  readonly launches: Pick<LaunchService, 'follow'>;
  readonly sessions: Pick<SessionService, 'access'>;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly stream: EventStreamOptions;
};

/** A launch and the last event of it that the client has. */
export type Following = { readonly launch: LaunchRecord; readonly afterSeq: number };

/** The address of the client, an IPv4 one without the prefix that a socket of both families gives it. */
export const readClientIp = (request: FastifyRequest): string => request.ip.replace(/^::ffff:/i, '');

type Delivery = {
  readonly launch: LaunchRecord;
  readonly clientIp: string;
  readonly parts: Pick<LaunchStreamParts, 'sessions'>;
};

/** Adds to `ready` how to get in, made anew for each delivery so that it is never stored. */
export const decorateEvent = (event: LaunchEvent, { launch, clientIp, parts }: Delivery): LaunchEvent => {
  if (!isSessionReady(event)) return event;
  try {
    const { token, entryPath } = parts.sessions.access(event.sessionId);
    const enterUrl = `${makeSessionOrigin(launch.request.sessionHost, event.sessionId)}${entryPath}`;
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
    yield { id: renderEventId({ launchId: delivery.launch.id, seq }), data: decorateEvent(event, delivery) };
}

/** Streams what a launch says, for a client of BinderHub and of ours alike. */
export const sendLaunchEvents = async (
  reply: FastifyReply,
  { launch, afterSeq }: Following,
  { parts, clientIp }: { readonly parts: LaunchStreamParts; readonly clientIp: string },
): Promise<void> => {
  parts.metrics.add('slipway_event_streams', 1);
  try {
    const read = (signal: AbortSignal) =>
      deliver(parts.launches.follow(launch.id, afterSeq, signal), { launch, clientIp, parts });
    const startId = renderEventId({ launchId: launch.id, seq: afterSeq });
    await sendEventStream(reply, { startId, read }, parts.stream);
  } catch (error) {
    parts.log.error({ err: error, launch: makeLaunchLogName(launch.id) }, 'event stream failed');
  } finally {
    parts.metrics.add('slipway_event_streams', -1);
  }
};
