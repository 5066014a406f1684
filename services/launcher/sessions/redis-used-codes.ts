import { randomUUID } from 'node:crypto';
import type { RedisStore } from '../../platform/redis.ts';
import { hashForKey, runScript } from '../../platform/redis.ts';
import type { UsedCodes } from './used-codes.ts';

/** KEYS code; ARGV this use, milliseconds. The same use may be sent again, because no answer came. */
const USE = `
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX')
  return redis.call('GET', KEYS[1]) == ARGV[1] and 1 or 0`;

/** Remembers the used codes of all processes in Redis; a code itself is not stored. */
export const createRedisUsedCodes = ({ client, prefix }: RedisStore): UsedCodes => ({
  since: 0,
  use: async (code, keepMs) => {
    const key = `${prefix}:used-code:${hashForKey(code)}`;
    return (await runScript(client, USE, { keys: [key], args: [randomUUID(), keepMs] })) === 1;
  },
});
