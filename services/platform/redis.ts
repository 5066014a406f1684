import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { createBell, type Bell } from './bell.ts';

/** A Redis server, below a prefix: what several processes share. */
export type RedisStore = {
  readonly client: Redis;
  /** Goes in front of each key and channel. */
  readonly prefix: string;
  /** Rung in this process when any process publishes a key. */
  readonly bell: Bell;
  /** The channel on which keys are published. */
  readonly channel: string;
  /** Resolves when the connections are closed; what still waits for an answer fails. */
  close(): Promise<void>;
};

export type RedisPlace = { readonly url: string; readonly prefix: string };

const LONGEST_PAUSE_MS = 1000;
const LEAVE_MS = 1000;

/**
 * Commands wait for a server that is away, and are sent again when the connection broke before the answer came:
 * whatever changes something must therefore be safe to repeat.
 */
const connect = (url: string): Redis =>
  new Redis(url, {
    autoResubscribe: false,
    maxRetriesPerRequest: null,
    autoResendUnfulfilledCommands: true,
    retryStrategy: (times) => Math.min(50 * times, LONGEST_PAUSE_MS),
  });

/** Lets a server that answers finish what it was asked. */
const leave = async (client: Redis): Promise<void> => {
  const left = client.status === 'ready' ? client.quit().catch(() => undefined) : Promise.resolve();
  await Promise.race([left, sleep(LEAVE_MS, undefined, { ref: false })]);
  client.disconnect();
};

/** Opens a Redis server; `onError` is told when the connection is lost, again and again until it is back. */
export const openRedis = ({ url, prefix }: RedisPlace, onError: (error: Error) => void): RedisStore => {
  const client = connect(url);
  const subscriber = connect(url);
  const bell = createBell();
  const channel = `${prefix}:changed`;
  client.on('error', onError);
  subscriber.on('error', onError);
  subscriber.on('message', (_channel: string, key: string) => bell.ring(key));
  subscriber.on('ready', () => {
    void subscriber.subscribe(channel).then(
      () => bell.ringAll(),
      (error: unknown) => onError(error as Error),
    );
  });
  return {
    client,
    prefix,
    bell,
    channel,
    close: async () => {
      await Promise.all([leave(client), leave(subscriber)]);
      bell.ringAll();
    },
  };
};

/** What stands for a name in a key: as short as any other, and nothing can be read from it. */
export const hashForKey = (name: string): string => createHash('sha256').update(name).digest('base64url');

/** Runs a script in one step on the server. */
export const runScript = (
  client: Redis,
  script: string,
  { keys, args }: { readonly keys: readonly string[]; readonly args: readonly (string | number)[] },
): Promise<unknown> => client.eval(script, keys.length, ...keys, ...args);
