import type { RedisStore } from '../../platform/redis.ts';
import type { EndedSession, SessionHistory } from './session-history.ts';

/** Nobody comes back to a link after this long. */
const KEEP_SECONDS = 30 * 24 * 3600;

/** Keeps in Redis why sessions ended, for 30 days. */
export const createRedisSessionHistory = ({ client, prefix }: RedisStore): SessionHistory => {
  const key = (id: string): string => `${prefix}:ended-session:${id}`;
  return {
    record: async (spec, end) => {
      await client.set(key(spec.id), JSON.stringify({ spec, end }), 'EX', KEEP_SECONDS, 'NX');
    },
    find: async (id) => {
      const text = await client.get(key(id));
      return text === null ? undefined : (JSON.parse(text) as EndedSession);
    },
  };
};
