/**
 * KEYS launch, unfinished, owner; ARGV id, created at, record, seconds to keep, owner, milliseconds of ownership.
 * Creates a launch, which is the caller's.
 */
export const CREATE = `
  if redis.call('EXISTS', KEYS[1]) == 1 then return end
  redis.call('HSET', KEYS[1], 'record', ARGV[3], 'seq', 0)
  redis.call('EXPIRE', KEYS[1], ARGV[4])
  redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
  redis.call('SET', KEYS[3], ARGV[5], 'PX', ARGV[6])`;

/**
 * KEYS launch, its events, unfinished, owner, last launches; ARGV id, event, whether it ends the launch ('' | 'failed'
 * | 'ready'), owner, milliseconds of ownership, id of this append, channel, seconds to keep, image, at.
 * Gives the number of the event: once more the same if the same append was done already, 0 when the launch is over
 * or does not exist, -1 when another process runs it.
 */
export const APPEND = `
  local seq = redis.call('HGET', KEYS[1], 'seq')
  if not seq then return 0 end
  if redis.call('HGET', KEYS[1], 'append') == ARGV[6] then return tonumber(seq) end
  if redis.call('HEXISTS', KEYS[1], 'over') == 1 then return 0 end
  local owner = redis.call('GET', KEYS[4])
  if owner and owner ~= ARGV[4] and ARGV[3] ~= 'failed' then return -1 end
  seq = redis.call('HINCRBY', KEYS[1], 'seq', 1)
  redis.call('HSET', KEYS[1], 'append', ARGV[6])
  redis.call('XADD', KEYS[2], seq .. '-0', 'event', ARGV[2])
  redis.call('EXPIRE', KEYS[2], ARGV[8])
  if ARGV[9] ~= '' then redis.call('ZADD', KEYS[5], 'GT', ARGV[10], ARGV[9]) end
  if ARGV[3] == '' then
    redis.call('SET', KEYS[4], ARGV[4], 'PX', ARGV[5])
  else
    redis.call('HSET', KEYS[1], 'over', 1)
    redis.call('ZREM', KEYS[3], ARGV[1])
    redis.call('DEL', KEYS[4])
  end
  redis.call('PUBLISH', ARGV[7], ARGV[1])
  return seq`;

/** KEYS owner; ARGV owner, milliseconds. Keeps what is the caller's; gives whether it still is. */
export const RENEW = `
  local owner = redis.call('GET', KEYS[1])
  if owner and owner ~= ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1`;

/** KEYS owner; ARGV owner. */
export const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end`;

/** KEYS launch, owner; ARGV owner, milliseconds. Takes a launch that nobody runs; gives its record. */
export const ADOPT = `
  if redis.call('HEXISTS', KEYS[1], 'over') == 1 then return end
  local owner = redis.call('GET', KEYS[2])
  if owner and owner ~= ARGV[1] then return end
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
  return redis.call('HGET', KEYS[1], 'record')`;
