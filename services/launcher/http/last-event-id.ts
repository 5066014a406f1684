import type { FastifyRequest } from 'fastify';

/** A place in the events of a launch. */
export type EventPosition = { readonly launchId: string; readonly seq: number };

const EVENT_ID = /^(?<launchId>[\w-]{16,64})\.(?<seq>\d{1,9})$/;

export const renderEventId = ({ launchId, seq }: EventPosition): string => `${launchId}.${seq}`;

/**
 * Where a client left off: the header that EventSource sends when it reconnects, or `lastEventId` of the query
 * for clients that cannot send one. Undefined when there is none or it is not ours.
 */
export const readLastEventId = (
  request: FastifyRequest<{ Querystring: { lastEventId?: unknown } }>,
): EventPosition | undefined => {
  const value = request.headers['last-event-id'] ?? request.query.lastEventId;
  const { launchId, seq } = EVENT_ID.exec(typeof value === 'string' ? value : '')?.groups ?? {};
  return launchId === undefined ? undefined : { launchId, seq: Number(seq) };
};
