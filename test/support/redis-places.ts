import { randomUUID } from 'node:crypto';
import { openRedis, type RedisStore } from '../../services/platform/redis.ts';
import { startRedisServer } from './redis-server.ts';

/** One server for a file of tests, on which each case has a place of its own. */
export const createRedisPlaces = async () => {
  const server = await startRedisServer();
  const opened: RedisStore[] = [];
  return {
    server,
    /** A new place; each call of what it gives connects to it like another process. */
    create: (): (() => RedisStore) => {
      const prefix = randomUUID();
      return () => {
        const store = openRedis({ url: server.url, prefix }, () => undefined);
        opened.push(store);
        return store;
      };
    },
    remove: async (): Promise<void> => {
      await Promise.all(opened.map((store) => store.close()));
      await server[Symbol.asyncDispose]();
    },
  };
};

export type RedisPlaces = Awaited<ReturnType<typeof createRedisPlaces>>;
