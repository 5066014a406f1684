/** One start asks a hundred times a second; many at once share the machine instead of each asking for all of it. */
const PAUSE_MS = 10;

/** Knows how many sessions start now. */
export type StartPace = {
  /** How long to wait before asking again whether a session answers. */
  pauseMs(): number;
  /** Sessions that wait for Jupyter. */
  waiting(): number;
  whileWaiting<Result>(work: () => Promise<Result>): Promise<Result>;
};

/** Counts the starts of one process. */
export const createStartPace = (): StartPace => {
  let waiting = 0;
  return {
    pauseMs: () => PAUSE_MS * Math.max(1, waiting),
    waiting: () => waiting,
    whileWaiting: async (work) => {
      waiting += 1;
      return work().finally(() => (waiting -= 1));
    },
  };
};
