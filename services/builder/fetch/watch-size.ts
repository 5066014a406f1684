import { lstat, readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const WATCH_INTERVAL_MS = 500;

const ignoreVanished = async <T>(action: Promise<T>, instead: T): Promise<T> => {
  try {
    return await action;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return instead;
    throw error;
  }
};

const measure = async (directory: Buffer): Promise<number> => {
  const options = { withFileTypes: true, encoding: 'buffer' } as const;
  let total = 0;
  for (const entry of await ignoreVanished(readdir(directory, options), [])) {
    const path = Buffer.concat([directory, Buffer.from('/'), entry.name]);
    total += entry.isDirectory() ? await measure(path) : ((await ignoreVanished(lstat(path), undefined))?.size ?? 0);
  }
  return total;
};

/** The bytes of all files below `directory`; links count as themselves, files that vanish meanwhile as nothing. */
export const measureDirectory = (directory: string): Promise<number> => measure(Buffer.from(directory));

/**
 * Runs `onExceeded` once when a directory has grown beyond `maxBytes`, until the scope that holds it ends.
 * A directory that cannot be measured ends the watch: measure it again afterwards.
 */
export const watchSize = (directory: string, maxBytes: number, onExceeded: () => void): AsyncDisposable => {
  const end = new AbortController();
  const watch = async (): Promise<void> => {
    while ((await measureDirectory(directory)) <= maxBytes)
      await sleep(WATCH_INTERVAL_MS, undefined, { signal: end.signal });
    onExceeded();
  };
  const watching = watch().catch(() => undefined);
  return {
    [Symbol.asyncDispose]: async () => {
      end.abort();
      await watching;
    },
  };
};
