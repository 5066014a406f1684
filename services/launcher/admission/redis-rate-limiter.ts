import { randomUUID } from 'node:crypto';
import { runScript, type RedisStore } from '../../platform/redis.ts';
import type { RateLimiter, RateLimits } from './rate-limiter.ts';

/**
 * KEYS window; ARGV id of what is done, limit, milliseconds. The window of a client is the set of what it did, which
 * expires with it; the same may be sent again, because no answer came. Gives whether it is allowed, how much was done,
 * and the milliseconds that are left of the window.
 */
const TAKE = `
  local isKnown = redis.call('SISMEMBER', KEYS[1], ARGV[1])
  local count = redis.call('SCARD', KEYS[1])
  if isKnown == 1 then return { 1, count, redis.call('PTTL', KEYS[1]) } end
  if count >= tonumber(ARGV[2]) then return { 0, count, redis.call('PTTL', KEYS[1]) } end
  redis.call('SADD', KEYS[1], ARGV[1])
  if count == 0 then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
  return { 1, count + 1, redis.call('PTTL', KEYS[1]) }`;

/** Counts in Redis what clients do at any launcher, in a window that begins with the first thing that a client does. */
export const createRedisRateLimiter = (
  { client, prefix }: RedisStore,
  { limit, windowMs, clock }: RateLimits,
): RateLimiter => ({
  take: async (name) => {
    const args = [randomUUID(), limit, windowMs];
    const answer = await runScript(client, TAKE, { keys: [`${prefix}:rate:${name}`], args });
    const [isAllowed, count, left] = answer as [number, number, number];
    return { isAllowed: isAllowed === 1, limit, remaining: Math.max(0, limit - count), resetAt: clock.now() + left };
  },
});
