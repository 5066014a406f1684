import { createTally } from './fair-order.ts';

/** A session that waits for nobody in particular. */
export type WarmSession = { readonly id: string; readonly canonical: string };

/** The waiting sessions, which give way to launches. */
export type WarmPlaces = {
  /** Those that wait, the first to go first. */
  waiting(): readonly WarmSession[];
  /** Ends those of these that still wait. */
  evict(ids: readonly string[]): Promise<unknown>;
};

export type RoomObservation = {
  /** Sessions at the same time. 0: any number. */
  readonly sessions: number;
  /** How many run. */
  readonly running: number;
  /** The repositories of the launches that have been promised a session which does not run yet, once for each launch. */
  readonly promised: readonly string[];
};

/** The waiting sessions that nobody is about to take: a launch that was promised a session takes one of its repository. */
const findSpare = (waiting: readonly WarmSession[], promised: readonly string[]): WarmSession[] => {
  const wanted = createTally();
  for (const canonical of promised) wanted.add(canonical);
  const kept = createTally();
  return waiting.toReversed().filter(({ canonical }) => {
    if (kept.of(canonical) >= wanted.of(canonical)) return true;
    kept.add(canonical);
    return false;
  });
};

/** How many sessions may wait beside what runs and what is promised. Pure. */
export const countRoom = (observation: RoomObservation, waiting: readonly WarmSession[]): number => {
  const { sessions, running, promised } = observation;
  if (sessions === 0) return Number.POSITIVE_INFINITY;
  const claimed = waiting.length - findSpare(waiting, promised).length;
  return Math.max(0, sessions - running - promised.length + claimed);
};

/** The waiting sessions, by id, whose places are needed for what runs and what is promised. Pure. */
export const chooseEvicted = (observation: RoomObservation, waiting: readonly WarmSession[]): readonly string[] => {
  const excess = waiting.length - countRoom(observation, waiting);
  if (excess <= 0) return [];
  const spare = findSpare(waiting, observation.promised).map(({ id }) => id);
  return spare.toReversed().slice(0, excess);
};
