import { runScript, type RedisStore } from '../../platform/redis.ts';
import type { RedisLease } from '../../platform/redis-lease.ts';
import type { PoolTurn } from './pool-turn.ts';

/** KEYS turn; ARGV process, lease prefix. Gives whether the turn is this process's. */
const TAKE = `
  local has = redis.call('GET', KEYS[1])
  if has and has ~= ARGV[1] and redis.call('EXISTS', ARGV[2] .. has) == 1 then return 0 end
  redis.call('SET', KEYS[1], ARGV[1])
  return 1`;

/** The turn of launchers that share a Redis: the first has it, until it gives no sign of life any more. */
export const createRedisPoolTurn = (
  { client, prefix }: RedisStore,
  { holder, keyPrefix, begun }: RedisLease,
): PoolTurn => ({
  take: async () => {
    await begun;
    return (await runScript(client, TAKE, { keys: [`${prefix}:pool-turn`], args: [holder, keyPrefix] })) === 1;
  },
});
