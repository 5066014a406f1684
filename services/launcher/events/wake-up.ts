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
  const waiting = new Map<string, Set<() => void>>();
  const forget = (key: string, wake: () => void): void => {
    const sleepers = waiting.get(key);
    sleepers?.delete(wake);
    if (sleepers?.size === 0) waiting.delete(key);
  };
  return {
    wake: (key) => {
      const sleepers = waiting.get(key);
      waiting.delete(key);
      for (const wake of sleepers ?? []) wake();
    },
    wait: (key, signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          signal.removeEventListener('abort', wake);
          forget(key, wake);
          resolve();
        };
        if (signal.aborted) return resolve();
        signal.addEventListener('abort', wake);
        const sleepers = waiting.get(key);
        if (sleepers === undefined) waiting.set(key, new Set([wake]));
        else sleepers.add(wake);
      }),
  };
};
