import { randomUUID } from 'node:crypto';
import { isTerminal, type LaunchEvent } from '../../contracts/launch-event.ts';
import type { RedisStore } from '../../platform/redis.ts';
import { runScript } from '../../platform/redis.ts';
import type { EventLog, LaunchRecord, LoggedEvent } from './event-log.ts';
import { ADOPT, APPEND, CREATE, RELEASE, RENEW } from './redis-launch-scripts.ts';

/** Events read at a time, so that a slow reader of a long log does not hold all of it in memory. */
const BATCH = 200;

/** Nobody looks for a launch after this long. */
const KEEP_SECONDS = 30 * 24 * 3600;

type RedisEventLogParts = {
  readonly redis: RedisStore;
  /** A process that was not heard of for so long does not run its launches any more. */
  readonly lossMs: number;
};

export type RedisEventLog = EventLog & {
  /** When each image was launched last, by name: milliseconds since 1970. */
  lastLaunches(): Promise<ReadonlyMap<string, number>>;
  /** Ends the signs of life of this process. */
  close(): void;
};

const createKeys = (prefix: string) => ({
  launch: (id: string) => `${prefix}:launch:${id}`,
  events: (id: string) => `${prefix}:launch:${id}:events`,
  owner: (id: string) => `${prefix}:launch:${id}:owner`,
  unfinished: `${prefix}:launches`,
  last: `${prefix}:last-launches`,
});

const toLogged = ([id, fields]: [string, string[]]): LoggedEvent<LaunchEvent> => ({
  seq: Number(id.split('-', 1)[0]),
  event: JSON.parse(fields[1] ?? '') as LaunchEvent,
});

/** Reads events; readers that are at the same place share one question to the server. */
const createEventReader = ({ client, prefix }: RedisStore) => {
  const keys = createKeys(prefix);
  const asking = new Map<string, Promise<LoggedEvent<LaunchEvent>[]>>();
  const ask = async (id: string, after: number): Promise<LoggedEvent<LaunchEvent>[]> => {
    const entries = await client.xrange(keys.events(id), `(${after}-0`, '+', 'COUNT', BATCH);
    return entries.map(toLogged);
  };
  return (id: string, after: number): Promise<LoggedEvent<LaunchEvent>[]> => {
    const place = `${id}.${after}`;
    const answer = asking.get(place) ?? ask(id, after).finally(() => asking.delete(place));
    asking.set(place, answer);
    return answer;
  };
};

const createReading = (redis: RedisStore): EventLog['read'] => {
  const readAfter = createEventReader(redis);
  const keys = createKeys(redis.prefix);
  const isOver = async (id: string): Promise<boolean> => {
    const [seq, over] = await redis.client.hmget(keys.launch(id), 'seq', 'over');
    return seq === null || seq === undefined || typeof over === 'string';
  };
  return async function* read(launchId, afterSeq, signal) {
    using listening = redis.bell.listen(launchId);
    for (let [last, isComplete] = [afterSeq, false]; !signal.aborted;) {
      const events = await readAfter(launchId, last);
      for (const logged of events) {
        if (signal.aborted) return;
        yield logged;
        last = logged.seq;
        if (isTerminal(logged.event)) return;
      }
      if (events.length > 0) continue;
      if (isComplete) return;
      isComplete = await isOver(launchId);
      if (!isComplete) await listening.wait(signal);
    }
  };
};

const imageOf = (event: LaunchEvent): string => (event.phase === 'built' ? event.imageName : '');

/** What is said in one append; the id makes it safe to send again. */
const appendArgs = (
  { id, event, owner }: { readonly id: string; readonly event: LaunchEvent; readonly owner: string },
  { redis, lossMs }: RedisEventLogParts,
): (string | number)[] => {
  const ending = isTerminal(event) ? event.phase : '';
  const text = JSON.stringify(event);
  return [id, text, ending, owner, lossMs, randomUUID(), redis.channel, KEEP_SECONDS, imageOf(event), event.at];
};

const createAppending = (parts: RedisEventLogParts, owner: string, mine: Set<string>): EventLog['append'] => {
  const { client, prefix } = parts.redis;
  const keys = createKeys(prefix);
  return async (id, event) => {
    const all = [keys.launch(id), keys.events(id), keys.unfinished, keys.owner(id), keys.last];
    const seq = Number(await runScript(client, APPEND, { keys: all, args: appendArgs({ id, event, owner }, parts) }));
    if (seq < 0) mine.delete(id);
    if (seq < 0) throw new Error(`launch ${id} is run by another process`);
    if (seq === 0 || isTerminal(event)) mine.delete(id);
    if (seq === 0) throw new Error(`launch ${id} is over, or does not exist`);
    return seq;
  };
};

/** Says again and again that this process lives; what others took over meanwhile is theirs. */
const keepOwnership = ({ redis, lossMs }: RedisEventLogParts, owner: string, mine: Set<string>) => {
  const keys = createKeys(redis.prefix);
  const renew = async (id: string): Promise<void> => {
    const kept = await runScript(redis.client, RENEW, { keys: [keys.owner(id)], args: [owner, lossMs] });
    if (kept === 0) mine.delete(id);
  };
  const timer = setInterval(() => void Promise.allSettled([...mine].map(renew)), lossMs / 3);
  timer.unref();
  return (): void => clearInterval(timer);
};

/** The history of launches in Redis: one stream each, shared by any number of processes. */
export const createRedisEventLog = (parts: RedisEventLogParts): RedisEventLog => {
  const { redis, lossMs } = parts;
  const { client } = redis;
  const owner = randomUUID();
  const mine = new Set<string>();
  const keys = createKeys(redis.prefix);

  const find = async (id: string): Promise<LaunchRecord | undefined> => {
    const record = await client.hget(keys.launch(id), 'record');
    return record === null ? undefined : (JSON.parse(record) as LaunchRecord);
  };
  const adoptOne = async (id: string): Promise<LaunchRecord | undefined> => {
    if (mine.has(id)) return undefined;
    const both = [keys.launch(id), keys.owner(id)];
    const record = await runScript(client, ADOPT, { keys: both, args: [owner, lossMs] });
    if (typeof record !== 'string') return undefined;
    mine.add(id);
    return JSON.parse(record) as LaunchRecord;
  };
  return {
    create: async (record) => {
      const { id, createdAt } = record;
      const args = [id, createdAt, JSON.stringify(record), KEEP_SECONDS, owner, lossMs];
      await runScript(client, CREATE, { keys: [keys.launch(id), keys.unfinished, keys.owner(id)], args });
      mine.add(id);
    },
    find,
    append: createAppending(parts, owner, mine),
    read: createReading(redis),
    list: async (id, afterSeq) => (await client.xrange(keys.events(id), `(${afterSeq}-0`, '+')).map(toLogged),
    last: async (id) => (await client.xrevrange(keys.events(id), '+', '-', 'COUNT', 1)).map(toLogged)[0],
    unfinished: async () => {
      const records = await Promise.all((await client.zrange(keys.unfinished, '0', '-1')).map(find));
      return records.filter((record) => record !== undefined);
    },
    adopt: async () => {
      const adopted = await Promise.all((await client.zrange(keys.unfinished, '0', '-1')).map(adoptOne));
      return adopted.filter((record) => record !== undefined);
    },
    release: async (id) => {
      mine.delete(id);
      await runScript(client, RELEASE, { keys: [keys.owner(id)], args: [owner] });
    },
    lastLaunches: async () => {
      const flat = await client.zrange(keys.last, '0', '-1', 'WITHSCORES');
      return new Map(flat.flatMap((image, at) => (at % 2 === 0 ? [[image, Number(flat[at + 1])] as const] : [])));
    },
    close: keepOwnership(parts, owner, mine),
  };
};
