import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { openRedis, type RedisStore } from '../../services/platform/redis.ts';
import { startRedisServer } from './redis-server.ts';

/** Lets time pass for what expires in a place. */
export const letPass = async ({ client, prefix }: RedisStore, milliseconds: number): Promise<void> => {
  for (const key of await client.keys(`${prefix}:*`)) {
    const left = await client.pttl(key);
    if (left >= 0) await client.pexpire(key, left - milliseconds);
  }
};

/** A server, on which each case has a place of its own. */
const createRedisPlaces = async () => {
  const server = await startRedisServer();
  const opened: RedisStore[] = [];
  /** A new place; each call of what it gives connects to it like another process. */
  const create = (): (() => RedisStore) => {
    const prefix = randomUUID();
    return () => {
      const store = openRedis({ url: server.url, prefix }, () => undefined);
      opened.push(store);
      return store;
    };
  };
  return {
    server,
    create,
    /** The same thing as two processes have it, in a new place. */
    createTwice: <Adapter>(make: (redis: RedisStore) => Adapter): [Adapter, Adapter] => {
      const open = create();
      return [make(open()), make(open())];
    },
    remove: async (): Promise<void> => {
      await Promise.all(opened.map((store) => store.close()));
      await server[Symbol.asyncDispose]();
    },
  };
};

type OpenPlaces = Awaited<ReturnType<typeof createRedisPlaces>>;

export type RedisPlaces = Omit<OpenPlaces, 'remove'>;

/** One server for the tests around this call, from before the first of them until after the last one. */
export const useRedisPlaces = (): RedisPlaces => {
  let opened: OpenPlaces | undefined;
  const places = (): OpenPlaces => {
    if (opened === undefined) throw new Error('the server is there only while tests run');
    return opened;
  };
  beforeAll(async () => {
    opened = await createRedisPlaces();
  });
  afterAll(() => opened?.remove());
  return {
    get server() {
      return places().server;
    },
    create: () => places().create(),
    createTwice: (make) => places().createTwice(make),
  };
};
