import { LRUCache } from 'lru-cache';
import type { LaunchEvent } from '../../contracts/launch-event.ts';
import type { LoggedEvent } from './event-log.ts';

/** The last events of launches that run, so that watchers who keep up need no database. */
export type EventTails = {
  add(launchId: string, logged: LoggedEvent<LaunchEvent>): void;
  /** What comes after `afterSeq`; undefined when the tail does not reach back so far. */
  after(launchId: string, afterSeq: number): readonly LoggedEvent<LaunchEvent>[] | undefined;
  /** Forgets all tails, when some of what they say is not in the log any more. */
  clear(): void;
};

const MOST_LAUNCHES = 5000;
const LENGTH = 32;

/** Keeps the tails of one process, through which all events must go. */
export const createEventTails = (): EventTails => {
  const tails = new LRUCache<string, LoggedEvent<LaunchEvent>[]>({ max: MOST_LAUNCHES });
  return {
    add: (launchId, logged) => {
      const tail = tails.get(launchId) ?? [];
      tail.push(logged);
      if (tail.length > LENGTH) tail.shift();
      tails.set(launchId, tail);
    },
    after: (launchId, afterSeq) => {
      const tail = tails.get(launchId);
      const first = tail?.[0];
      if (tail === undefined || first === undefined || first.seq > afterSeq + 1) return undefined;
      return tail.slice(Math.max(0, afterSeq + 1 - first.seq));
    },
    clear: () => tails.clear(),
  };
};
