import { randomUUID } from 'node:crypto';
import { hashForKey, runScript, type RedisStore } from '../../platform/redis.ts';
import { KEEP_DURATIONS_MS, LAST_DURATIONS, median, type DurationKind, type Durations } from './durations.ts';

/**
 * KEYS durations of the repository, of all; ARGV at, seconds with an id, how many to keep, milliseconds to keep.
 * Members of the sorted sets are `<seconds>/<id>`, so that noting the same again changes nothing.
 */
const NOTE = `
  for _, key in ipairs(KEYS) do
    redis.call('ZADD', key, ARGV[1], ARGV[2])
    redis.call('ZREMRANGEBYSCORE', key, '-inf', '(' .. (ARGV[1] - ARGV[4]))
    redis.call('ZREMRANGEBYRANK', key, 0, -ARGV[3] - 1)
    redis.call('PEXPIRE', key, ARGV[4])
  end`;

const medianOf = (members: readonly string[]): number | undefined =>
  median(members.map((member) => Number(member.split('/', 1)[0])));

/** Keeps in Redis how long things took for anybody: the last ones of each repository and of all, for 90 days. */
export const createRedisDurations = ({ client, prefix }: RedisStore): Durations => {
  const ofAll = (kind: DurationKind): string => `${prefix}:durations:${kind}`;
  const ofRepository = (kind: DurationKind, canonical: string): string => `${ofAll(kind)}:${hashForKey(canonical)}`;
  const usualOf: Durations['usualOf'] = async (kind, canonical) =>
    medianOf(await client.zrange(ofRepository(kind, canonical), '0', '-1'));
  return {
    usualOf,
    note: async ({ kind, canonical, seconds, at }) => {
      const keys = [ofRepository(kind, canonical), ofAll(kind)];
      const args = [at, `${seconds}/${randomUUID()}`, LAST_DURATIONS, KEEP_DURATIONS_MS];
      await runScript(client, NOTE, { keys, args });
    },
    usual: async (kind, canonical) =>
      (await usualOf(kind, canonical)) ?? medianOf(await client.zrange(ofAll(kind), '0', '-1')),
  };
};
