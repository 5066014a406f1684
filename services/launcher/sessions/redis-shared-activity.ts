import type { RedisStore } from '../../platform/redis.ts';
import type { SharedActivity } from './shared-activity.ts';

/** No session is kept for so long after its last use. */
const KEEP_MS = 30 * 24 * 3600 * 1000;

/** Keeps in Redis when sessions were used last. */
export const createRedisSharedActivity = ({ client, prefix }: RedisStore): SharedActivity => {
  const key = `${prefix}:activity`;
  return {
    exchange: async (seen) => {
      const ids = [...seen.keys()];
      if (ids.length === 0) return seen;
      await client.zadd(key, 'GT', ...[...seen].flatMap(([id, at]) => [at, id]));
      await client.zremrangebyscore(key, '-inf', Math.max(...seen.values()) - KEEP_MS);
      const uses = await client.zmscore(key, ...ids);
      return new Map(ids.map((id, index) => [id, Number(uses[index] ?? seen.get(id))]));
    },
  };
};
