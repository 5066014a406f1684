import { randomUUID } from 'node:crypto';
import { runScript, type RedisStore } from './redis.ts';

/** The sign of life of this process in Redis: what bears its name is nobody's any more once the sign has expired. */
export type RedisLease = {
  /** The name of this process. */
  readonly holder: string;
  /** Goes in front of the name of a process: the key that is there while it lives. */
  readonly keyPrefix: string;
  /** Resolves when the first sign was given. */
  readonly begun: Promise<void>;
  /** Tells that the sign had expired, so that others may have taken what was this process's. */
  onLost(listener: () => void): void;
  /** Takes the sign back, so that nobody has to wait until it expires; the connection is closed after this. */
  close(): void;
};

export type LeaseParts = {
  readonly redis: RedisStore;
  /** A process that was not heard of for so long is dead. */
  readonly lossMs: number;
  readonly onError: (error: Error) => void;
};

/** KEYS sign; ARGV milliseconds. Gives whether the sign was still there. */
const RENEW = `
  local was = redis.call('EXISTS', KEYS[1])
  redis.call('SET', KEYS[1], 1, 'PX', ARGV[1])
  return was`;

/** Gives signs of life until it is closed. */
export const createRedisLease = ({ redis, lossMs, onError }: LeaseParts): RedisLease => {
  const holder = randomUUID();
  const keyPrefix = `${redis.prefix}:process:`;
  const keys = [keyPrefix + holder];
  const listeners: (() => void)[] = [];
  const renew = async (): Promise<boolean> => (await runScript(redis.client, RENEW, { keys, args: [lossMs] })) === 1;
  const begun = renew().then(() => undefined);
  begun.catch(onError);
  const renewAgain = async (): Promise<void> => {
    if (await renew()) return;
    for (const tell of listeners) tell();
  };
  const timer = setInterval(() => void renewAgain().catch(onError), lossMs / 3);
  timer.unref();
  return {
    holder,
    keyPrefix,
    begun,
    onLost: (listener) => void listeners.push(listener),
    close: () => {
      clearInterval(timer);
      redis.client.del(...keys).catch(() => undefined);
    },
  };
};
