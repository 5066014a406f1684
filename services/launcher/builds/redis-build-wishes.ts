import { randomUUID } from 'node:crypto';
import { hashForKey, runScript, type RedisStore } from '../../platform/redis.ts';
import type { RedisLease } from '../../platform/redis-lease.ts';
import { STOPPING_MS, type BuildWishes } from './build-wishes.ts';

/** No build takes so long; what processes that were killed left behind is gone then. */
const KEEP_SECONDS = 24 * 3600;

/** KEYS wishes; ARGV wish, seconds to keep. A wish is `<process>/<id>`. */
const MAKE = `
  redis.call('SADD', KEYS[1], ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[2])`;

/**
 * KEYS wishes, stopped; ARGV wish, whether the build is to be stopped (0 | 1), milliseconds of stopping, lease prefix.
 * Gives whether the build is to be stopped by the caller. The wishes of processes that give no sign of life are gone.
 */
const WITHDRAW = `
  redis.call('SREM', KEYS[1], ARGV[1])
  if ARGV[2] == '0' then return 0 end
  for _, wish in ipairs(redis.call('SMEMBERS', KEYS[1])) do
    local process = string.match(wish, '^[^/]+')
    if redis.call('EXISTS', ARGV[4] .. process) == 1 then return 0 end
    redis.call('SREM', KEYS[1], wish)
  end
  redis.call('SET', KEYS[2], 1, 'PX', ARGV[3])
  return 1`;

type WishParts = {
  readonly redis: RedisStore;
  readonly lease: RedisLease;
  readonly onError: (error: Error) => void;
};

/** Keeps in Redis who wants which build at any launcher; one that was taken for dead and lives makes its wishes again. */
export const createRedisBuildWishes = ({ redis: { client, prefix }, lease, onError }: WishParts): BuildWishes => {
  /** The wishes of this process, and where each is. */
  const mine = new Map<string, string>();
  const put = ([wish, key]: readonly [string, string]): Promise<unknown> =>
    runScript(client, MAKE, { keys: [key], args: [wish, KEEP_SECONDS] });
  lease.onLost(() => void Promise.all([...mine].map(put)).catch(onError));
  return {
    make: async (imageName) => {
      const wishes = `${prefix}:build-wishes:${hashForKey(imageName)}`;
      const stopped = `${wishes}:stopped`;
      const wish = `${lease.holder}/${randomUUID()}`;
      await lease.begun;
      mine.set(wish, wishes);
      await put([wish, wishes]);
      return {
        withdraw: async (isToStop) => {
          mine.delete(wish);
          const args = [wish, isToStop ? 1 : 0, STOPPING_MS, lease.keyPrefix];
          return (await runScript(client, WITHDRAW, { keys: [wishes, stopped], args })) === 1;
        },
        wasStopped: async () => (await client.exists(stopped)) === 1,
      };
    },
  };
};
