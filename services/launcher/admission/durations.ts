/** What takes its time: a session from its start to its end, a build from being taken to being done. */
export type DurationKind = 'session' | 'build';

export type Duration = {
  readonly kind: DurationKind;
  readonly canonical: string;
  readonly seconds: number;
  /** When it was over: milliseconds since 1970. */
  readonly at: number;
};

/** How long things took, in seconds. What is usual is the median of the last ones; undefined of none. */
export interface Durations {
  note(duration: Duration): Promise<void>;
  /** Of this repository. */
  usualOf(kind: DurationKind, canonical: string): Promise<number | undefined>;
  /** Of this repository, or of all where nothing is known of it: a guess that is better than none. */
  usual(kind: DurationKind, canonical: string): Promise<number | undefined>;
}

/** So many of the last ones say what is usual. */
export const LAST_DURATIONS = 25;

/** What took longer ago than this says nothing any more. */
export const KEEP_DURATIONS_MS = 90 * 24 * 3600 * 1000;

/** The middle one, the longer one of two; undefined of none. */
export const median = (seconds: readonly number[]): number | undefined =>
  seconds.toSorted((left, right) => left - right)[Math.floor(seconds.length / 2)];
