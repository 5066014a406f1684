/**
 * The hash of an image's build holds: `id` of the build, `request`, `worker` (who has it now, as `<process>/<id>`; empty when nobody has),
 * `turn` (for which job of BullMQ it was given to the worker; a worker that takes over the job takes over the build), `said` (how many things the worker said), `losses` (how many workers were lost), `start` (the entry of the log after
 * which its last beginning is), `cancelled`. The list of builds has the image names, oldest first.
 *
 * KEYS build, list; ARGV new id, request, image name, channel. Gives the id of the build that runs or waits already, else that
 * of the new one, and where its log begins.
 */
export const JOIN = `
  if redis.call('HSETNX', KEYS[1], 'id', ARGV[1]) == 1 then
    redis.call('HSET', KEYS[1], 'request', ARGV[2], 'worker', '', 'turn', '', 'losses', 0, 'start', '0-0')
    local time = redis.call('TIME')
    redis.call('ZADD', KEYS[2], time[1] * 1000000 + time[2], ARGV[3])
    redis.call('PUBLISH', ARGV[4], KEYS[2])
  end
  return redis.call('HMGET', KEYS[1], 'id', 'start')`;

/** Begins the log anew: whoever comes from now on sees nothing of what was said before. */
const BEGIN_LOG = `
  local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
  redis.call('HSET', KEYS[1], 'start', last[1] and last[1][1] or '0-0')`;

/**
 * KEYS build, its log, list, round; ARGV id, worker, channel, turn, the round in which it was chosen, this round, lease prefix. Gives
 * the build to a worker: the request, the number of workers that were lost before, and whether it was cancelled;
 * nothing when the build is over, or has another worker, or any build was begun since it was chosen.
 */
export const BEGIN = `
  local now = redis.call('HMGET', KEYS[1], 'id', 'worker', 'turn')
  if now[1] ~= ARGV[1] then return end
  if now[2] == '' then
    if (redis.call('GET', KEYS[4]) or '') ~= ARGV[5] then return end
    redis.call('SET', KEYS[4], ARGV[6])
  elseif now[2] ~= ARGV[2] then
    local isLost = redis.call('EXISTS', ARGV[7] .. string.match(now[2], '^[^/]+')) == 0
    if not isLost and now[3] ~= ARGV[4] then return end
    redis.call('HINCRBY', KEYS[1], 'losses', 1)
  end
  redis.call('HSET', KEYS[1], 'worker', ARGV[2], 'turn', ARGV[4], 'said', 0)
  ${BEGIN_LOG}
  redis.call('PUBLISH', ARGV[3], KEYS[2])
  return redis.call('HMGET', KEYS[1], 'request', 'losses', 'cancelled')`;

/** KEYS build, its log, list; ARGV id, worker, channel. The worker stops and leaves the build to others; this is no loss. */
export const GIVE_BACK = `
  local now = redis.call('HMGET', KEYS[1], 'id', 'worker')
  if now[1] ~= ARGV[1] or now[2] ~= ARGV[2] then return end
  redis.call('HSET', KEYS[1], 'worker', '', 'turn', '')
  ${BEGIN_LOG}
  redis.call('PUBLISH', ARGV[3], KEYS[3])`;

/**
 * KEYS build, its log; ARGV id, worker, number of what is said, event, channel. Gives 0 when the build is not this
 * worker's any more. Saying the same thing again, because no answer came, does nothing.
 */
export const REPORT = `
  local now = redis.call('HMGET', KEYS[1], 'id', 'worker', 'said')
  if now[1] ~= ARGV[1] or now[2] ~= ARGV[2] then return 0 end
  if tonumber(now[3]) >= tonumber(ARGV[3]) then return 1 end
  redis.call('HSET', KEYS[1], 'said', ARGV[3])
  redis.call('XADD', KEYS[2], '*', 'event', ARGV[4])
  redis.call('PUBLISH', ARGV[5], KEYS[2])
  return 1`;

/** KEYS build, its log, list; ARGV id, worker ('' when nobody has it), result, seconds to keep the log, channel, image name. */
export const FINISH = `
  local now = redis.call('HMGET', KEYS[1], 'id', 'worker')
  if now[1] ~= ARGV[1] or now[2] ~= ARGV[2] then return 0 end
  redis.call('XADD', KEYS[2], '*', 'result', ARGV[3])
  redis.call('EXPIRE', KEYS[2], ARGV[4])
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[3], ARGV[6])
  redis.call('PUBLISH', ARGV[5], KEYS[2])
  redis.call('PUBLISH', ARGV[5], KEYS[3])
  return 1`;

/** KEYS build, its log; ARGV id, channel. Tells the worker of a build to stop. */
export const CANCEL = `
  if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then return end
  redis.call('HSET', KEYS[1], 'cancelled', 1)
  redis.call('PUBLISH', ARGV[2], KEYS[2])`;
