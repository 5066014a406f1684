import { randomUUID } from 'node:crypto';
import { runScript, type RedisStore } from '../../platform/redis.ts';
import { MOST_REMEMBERED, WINDOW_MS, type RecentLaunches } from './recent-launches.ts';
import type { WarmRequest } from './waiting-request.ts';

/** KEYS launches; ARGV at, `<id>/<request as JSON>`, how many to keep, milliseconds to keep. */
const NOTE = `
  redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. (ARGV[1] - ARGV[4]))
  redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -ARGV[3] - 1)
  redis.call('PEXPIRE', KEYS[1], ARGV[4])`;

const parse = (member: string): WarmRequest => JSON.parse(member.slice(member.indexOf('/') + 1)) as WarmRequest;

/** Remembers the launches of all launchers in Redis. */
export const createRedisRecentLaunches = ({ client, prefix }: RedisStore): RecentLaunches => {
  const key = `${prefix}:recent-launches`;
  return {
    note: async ({ at, session }) => {
      const args = [at, `${randomUUID()}/${JSON.stringify(session)}`, MOST_REMEMBERED, WINDOW_MS];
      await runScript(client, NOTE, { keys: [key], args });
    },
    list: async (now) => {
      const found = await client.zrangebyscore(key, now - WINDOW_MS, '+inf', 'WITHSCORES');
      const pairs = Array.from({ length: found.length / 2 }, (_, index) => found.slice(index * 2, index * 2 + 2));
      return pairs.map(([member = '', at]) => ({ at: Number(at), session: parse(member) }));
    },
  };
};
