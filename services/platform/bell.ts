/** Listens to one key. What rings between two waits is remembered, so that nothing is missed by looking in between. */
export type Listening = Disposable & {
  /** Resolves at the first ring since the last wait began, or when the signal is aborted. */
  wait(signal: AbortSignal): Promise<void>;
};

/** Tells those who listen to a key, in this process, that there is something new to look at. */
export type Bell = {
  ring(key: string): void;
  /** For all keys: after a time in which rings may have been missed. */
  ringAll(): void;
  listen(key: string): Listening;
};

type Listener = { isRung: boolean; wake: (() => void) | undefined };

const ringOne = (listener: Listener): void => {
  listener.isRung = true;
  listener.wake?.();
};

const waitFor = (listener: Listener, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      signal.removeEventListener('abort', done);
      listener.wake = undefined;
      listener.isRung = false;
      resolve();
    };
    if (listener.isRung || signal.aborted) return done();
    listener.wake = done;
    signal.addEventListener('abort', done);
  });

/** Makes a bell that nobody rings yet. */
export const createBell = (): Bell => {
  const byKey = new Map<string, Set<Listener>>();
  const listen = (key: string): Listening => {
    const listener: Listener = { isRung: false, wake: undefined };
    const listeners = byKey.get(key) ?? new Set();
    byKey.set(key, listeners.add(listener));
    return {
      wait: (signal) => waitFor(listener, signal),
      [Symbol.dispose]: () => {
        listeners.delete(listener);
        if (listeners.size === 0 && byKey.get(key) === listeners) byKey.delete(key);
      },
    };
  };
  return {
    ring: (key) => byKey.get(key)?.forEach(ringOne),
    ringAll: () => byKey.forEach((listeners) => listeners.forEach(ringOne)),
    listen,
  };
};
