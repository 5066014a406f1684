import { Type } from 'typebox';
import { count, section } from './fields.ts';

export const Proxy = section(
  {
    address: Type.Union([Type.Literal('path'), Type.Literal('subdomain')], {
      default: 'path',
      description:
        'Where sessions are: path, all on the host of sessionUrl; or subdomain, each on <id>.<that host>, an origin of its own, for which a wildcard name and certificate are needed.',
    }),
    connections: count(256, 'Requests and WebSockets that one session may have open at a time.'),
    mibPerSecond: count(0, 'The most that goes to and from one session, both ways together. 0: no limit.', {
      minimum: 0,
    }),
    silenceSeconds: count(90, 'A WebSocket whose client answers no ping of the session for so long is closed.'),
    drainSeconds: count(2, 'How long requests and WebSockets may go on when the server stops.', { minimum: 0 }),
  },
  'The way to sessions.',
);
