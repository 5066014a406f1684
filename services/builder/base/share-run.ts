/** Work that several callers follow together. */
export type SharedRun<Result> = { follow(signal: AbortSignal): AsyncGenerator<string, Result> };

type Start<Result> = (signal: AbortSignal) => AsyncGenerator<string, Result>;

type LineLog = {
  add(line: string): void;
  end(): void;
  /** All lines from the first, until the end. */
  read(signal: AbortSignal): AsyncGenerator<string, void>;
};

const createLineLog = (): LineLog => {
  const lines: string[] = [];
  const readers = new Set<() => void>();
  let isOver = false;
  const wakeAll = (): void => readers.forEach((wake) => wake());

  return {
    add: (line) => {
      lines.push(line);
      wakeAll();
    },
    end: () => {
      isOver = true;
      wakeAll();
    },
    async *read(signal) {
      let wait = Promise.withResolvers<void>();
      const wake = (): void => wait.resolve();
      readers.add(wake);
      signal.addEventListener('abort', wake);
      try {
        for (let seen = 0; ;) {
          signal.throwIfAborted();
          if (isOver && seen === lines.length) return;
          wait = Promise.withResolvers<void>();
          const line = lines[seen];
          if (line === undefined) await wait.promise;
          else yield line;
          if (line !== undefined) seen += 1;
        }
      } finally {
        readers.delete(wake);
        signal.removeEventListener('abort', wake);
      }
    },
  };
};

/**
 * Runs a generator once for everybody who follows it: each sees all lines from the first and gets the result, or
 * what it threw. The work is aborted when nobody follows any more; `onEnd` is called as soon as it should not be
 * joined again.
 */
export const shareRun = <Result>(start: Start<Result>, onEnd: () => void): SharedRun<Result> => {
  const log = createLineLog();
  const stop = new AbortController();
  let followers = 0;
  let isOver = false;

  const work = async (): Promise<Result> => {
    try {
      const run = start(stop.signal);
      for (;;) {
        const next = await run.next();
        if (next.done === true) return next.value;
        log.add(next.value);
      }
    } finally {
      if (!stop.signal.aborted) onEnd();
      isOver = true;
      log.end();
    }
  };
  const result = work();
  result.catch(() => undefined);

  const leave = (): void => {
    followers -= 1;
    if (followers > 0 || isOver) return;
    onEnd();
    stop.abort(new Error('nobody waits for this any more'));
  };
  return {
    async *follow(signal) {
      followers += 1;
      try {
        yield* log.read(signal);
        return await result;
      } finally {
        leave();
      }
    },
  };
};
