import { EventEmitter, once } from 'node:events';

/** Tells those who wait for a key that there is something new to look at. */
export type WakeUp = {
  wake(key: string): void;
  /** Resolves at the next `wake` of the key, or when the signal is aborted. */
  wait(key: string, signal: AbortSignal): Promise<void>;
};

/**
 * A wake-up inside of this process. Nothing is missed as long as the reader looks and calls `wait` without
 * awaiting in between.
 */
export const createWakeUp = (): WakeUp => {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  return {
    wake: (key) => {
      emitter.emit(`wake:${key}`);
    },
    wait: async (key, signal) => {
      try {
        await once(emitter, `wake:${key}`, { signal });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
};
