import type { PoolDemand } from '../../contracts/api/waiting-sessions.ts';
import type { RedisStore } from '../../platform/redis.ts';
import type { PoolDemands } from './pool-demands.ts';

const byName = (left: PoolDemand, right: PoolDemand): number => (left.name < right.name ? -1 : 1);

/** Keeps in Redis what operators asked for at any launcher; nothing is removed while it is listed, because it may be replaced just then. */
export const createRedisPoolDemands = ({ client, prefix }: RedisStore): PoolDemands => {
  const key = `${prefix}:pool-demands`;
  return {
    put: async (demand) => void (await client.hset(key, demand.name, JSON.stringify(demand))),
    remove: async (name) => void (await client.hdel(key, name)),
    list: async (now) => {
      const demands = (await client.hvals(key)).map((text) => JSON.parse(text) as PoolDemand);
      return demands.filter(({ until }) => until > now).sort(byName);
    },
  };
};
