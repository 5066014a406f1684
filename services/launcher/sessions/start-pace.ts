import type { Clock } from '../../platform/clock.ts';
import type { ProcessorUse } from '../../platform/processor-use.ts';

/** One start asks a hundred times a second; many at once share the machine instead of each asking for all of it. */
const PAUSE_MS = 10;

/**
 * A start that takes much longer than those before it did waits for something else than a processor, and keeps nobody
 * waiting any more.
 */
const TURN = { times: 2, firstMs: 10_000, leastMs: 5000, mostMs: 30_000 };
/** How much the latest start counts for what is usual. */
const NEWS = 0.3;

/** How often those who wait for their turn look whether processors have nothing to do. */
const LOOK_MS = 500;
const IDLE_PART = 0.3;

/** Paces the starts of sessions: Jupyter computes while it starts, so too many at once make each slower and none earlier. */
export type StartPace = {
  /** How long to wait before asking again whether a session answers. */
  pauseMs(): number;
  /** Sessions that wait for Jupyter, and those that wait for their turn to start. */
  waiting(): number;
  /** How many go before one that asks for a turn now; 0: it has it at once. */
  before(): number;
  /**
   * Waits for a turn to start, in the order of asking. A turn is over when it is disposed of or has taken long; those who
   * wait also go on where processors have nothing to do. Throws the signal's reason.
   */
  take(signal: AbortSignal): Promise<Disposable>;
  whileWaiting<Result>(work: () => Promise<Result>): Promise<Result>;
};

export type StartPaceParts = {
  /** Sessions that start at the same time, whatever the processors do. */
  readonly atOnce: number;
  readonly processors: ProcessorUse;
  readonly clock: Clock;
};

type Turns = { readonly queue: (() => void)[]; taken: number; usualMs: number };

const turnMs = ({ usualMs }: Turns): number => Math.min(TURN.mostMs, Math.max(TURN.leastMs, TURN.times * usualMs));

const grantNext = (turns: Turns): void => {
  const next = turns.queue.shift();
  if (next === undefined) return;
  turns.taken += 1;
  next();
};

const createTurn = (turns: Turns, { atOnce, clock }: StartPaceParts): Disposable => {
  const over = new AbortController();
  const startedAt = clock.now();
  const end = (): void => {
    if (over.signal.aborted) return;
    over.abort();
    turns.taken -= 1;
    if (turns.taken < atOnce) grantNext(turns);
  };
  void clock.sleep(turnMs(turns), over.signal).then(end, () => undefined);
  return {
    [Symbol.dispose]: () => {
      turns.usualMs += NEWS * (clock.now() - startedAt - turns.usualMs);
      end();
    },
  };
};

const waitInLine = ({ queue }: Turns, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const granted = (): void => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = (): void => {
      queue.splice(queue.indexOf(granted), 1);
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', leave, { once: true });
    queue.push(granted);
  });

/** Lets one after the other go on while there are idle processors, until nobody waits. */
const createLookout = (turns: Turns, { processors, clock }: StartPaceParts) => {
  let isLooking = false;
  return async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    processors.idlePart();
    while (turns.queue.length > 0) {
      await clock.sleep(LOOK_MS);
      if (processors.idlePart() >= IDLE_PART) grantNext(turns);
    }
    isLooking = false;
  };
};

/** Paces the starts of one process. */
export const createStartPace = (parts: StartPaceParts): StartPace => {
  const turns: Turns = { queue: [], taken: 0, usualMs: TURN.firstMs / TURN.times };
  const lookOut = createLookout(turns, parts);
  let starting = 0;
  const isFree = (): boolean => turns.taken < parts.atOnce;
  return {
    pauseMs: () => PAUSE_MS * Math.max(1, starting),
    waiting: () => starting + turns.queue.length,
    before: () => (isFree() ? 0 : turns.taken + turns.queue.length),
    take: async (signal) => {
      signal.throwIfAborted();
      if (isFree()) {
        turns.taken += 1;
      } else {
        const granted = waitInLine(turns, signal);
        void lookOut();
        await granted;
      }
      return createTurn(turns, parts);
    },
    whileWaiting: async (work) => {
      starting += 1;
      return work().finally(() => (starting -= 1));
    },
  };
};
