/**
 * The queue is a hash of tickets (JSON, by launch), a hash of owners (processes, by launch), a set of the launches
 * that are admitted, and the name of the last round in which any was. A launch whose owner gives no sign of life any
 * more is not in the queue. A process that lives and found its sign expired restores its launches.
 *
 * KEYS tickets, owners, admitted; ARGV lease prefix, owner, id, ticket, whether it is admitted (0 | 1), whether it is
 * only restored (0 | 1), channel. A restored launch that is another's by now stays the other's.
 */
export const ENTER = `
  local owner = redis.call('HGET', KEYS[2], ARGV[3])
  if ARGV[6] == '1' and owner and owner ~= ARGV[2] then return end
  redis.call('HSETNX', KEYS[1], ARGV[3], ARGV[4])
  redis.call('HSET', KEYS[2], ARGV[3], ARGV[2])
  if ARGV[5] == '1' then redis.call('SADD', KEYS[3], ARGV[3]) end
  redis.call('PUBLISH', ARGV[7], KEYS[1])`;

/** KEYS tickets, owners, admitted; ARGV owner, id, channel. */
export const LEAVE = `
  if redis.call('HGET', KEYS[2], ARGV[2]) ~= ARGV[1] then return end
  redis.call('HDEL', KEYS[1], ARGV[2])
  redis.call('HDEL', KEYS[2], ARGV[2])
  redis.call('SREM', KEYS[3], ARGV[2])
  redis.call('PUBLISH', ARGV[3], KEYS[1])`;

/** KEYS tickets, owners, admitted, round; ARGV lease prefix. Gives the round, the tickets, and who is admitted. */
export const READ = `
  local owners = redis.call('HGETALL', KEYS[2])
  local lives = {}
  for index = 1, #owners, 2 do
    local id, owner = owners[index], owners[index + 1]
    if lives[owner] == nil then lives[owner] = redis.call('EXISTS', ARGV[1] .. owner) == 1 end
    if not lives[owner] then
      redis.call('HDEL', KEYS[1], id)
      redis.call('HDEL', KEYS[2], id)
      redis.call('SREM', KEYS[3], id)
    end
  end
  return { redis.call('GET', KEYS[4]) or '', redis.call('HVALS', KEYS[1]), redis.call('SMEMBERS', KEYS[3]) }`;

/**
 * KEYS tickets, owners, admitted, round; ARGV the round that was read, this one, channel, ids. Admits those that are
 * still there; gives 0, and admits nobody, when there was another round since. The same may be sent again.
 */
export const ADMIT = `
  local round = redis.call('GET', KEYS[4]) or ''
  if round == ARGV[2] then return 1 end
  if round ~= ARGV[1] then return 0 end
  for index = 4, #ARGV do
    if redis.call('HEXISTS', KEYS[1], ARGV[index]) == 1 then redis.call('SADD', KEYS[3], ARGV[index]) end
  end
  redis.call('SET', KEYS[4], ARGV[2])
  redis.call('PUBLISH', ARGV[3], KEYS[1])
  return 1`;
