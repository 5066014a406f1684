import type { WaitingSession } from './warm-runtime.ts';
import type { WarmRequest } from './waiting-request.ts';

/** So many sessions should wait, each told this about its repository. Its image tells wishes apart. */
export type Wish = { readonly session: WarmRequest; readonly count: number };

export type PoolObservation = {
  readonly wishes: readonly Wish[];
  readonly present: readonly WaitingSession[];
  readonly most: number;
  readonly maxAgeMs: number;
  /** One that is not ready by then never will be. */
  readonly startMs: number;
  /** Whether memory is short: then nothing is started, and one session makes room. */
  readonly isShort: boolean;
  readonly now: number;
};

export type PoolActions = {
  /** Sessions to end, by id. */
  readonly discard: readonly string[];
  /** Sessions to start, in the order in which they are to be started. */
  readonly start: readonly WarmRequest[];
};

const byImage = (wishes: readonly Wish[], count: (counts: readonly number[]) => number): readonly Wish[] =>
  [...Map.groupBy(wishes, ({ session }) => session.image).values()].flatMap((same) =>
    same.slice(0, 1).map(({ session }) => ({ session, count: count(same.map((wish) => wish.count)) })),
  );

/** Of several who wish the same, whoever wishes most has enough for all. */
export const takeLargest = (wishes: readonly Wish[]): readonly Wish[] =>
  byImage(wishes, (counts) => Math.max(...counts));

/** Sessions for different repositories that wait in one place are as many as all of these together. */
export const addUp = (wishes: readonly Wish[]): readonly Wish[] =>
  byImage(wishes, (counts) => counts.reduce((sum, one) => sum + one, 0));

/** One wish an image, the larger count; together no more than `most`, the first wishes first. */
const mergeWishes = (wishes: readonly Wish[], most: number): Map<string, Wish> => {
  const merged = new Map<string, Wish>();
  let left = most;
  for (const { session, count } of wishes) {
    const had = merged.get(session.image)?.count ?? 0;
    const more = Math.min(Math.max(count - had, 0), left);
    left -= more;
    if (had + more > 0)
      merged.set(session.image, { session: merged.get(session.image)?.session ?? session, count: had + more });
  }
  return merged;
};

const isUsable = (session: WaitingSession, { maxAgeMs, startMs, now }: PoolObservation): boolean =>
  session.state.kind === 'running' && now - session.startedAt < (session.isReady ? maxAgeMs : startMs);

/** Compares the sessions that wait with those that should. Pure; the oldest go first. */
export const decidePool = (observation: PoolObservation): PoolActions => {
  const { present, isShort } = observation;
  const wishes = mergeWishes(observation.wishes, observation.most);
  const kept = new Map<string, number>();
  const discard: string[] = [];
  const youngestFirst = [...present].sort((left, right) => right.startedAt - left.startedAt);
  for (const session of youngestFirst) {
    const { id, image } = session.spec;
    const had = kept.get(image) ?? 0;
    const isWanted = isUsable(session, observation) && had < (wishes.get(image)?.count ?? 0);
    if (isWanted) kept.set(image, had + 1);
    else discard.push(id);
  }
  const start = [...wishes.values()].flatMap(({ session, count }) =>
    Array.from({ length: count - (kept.get(session.image) ?? 0) }, () => session),
  );
  if (!isShort) return { discard, start };
  const first = youngestFirst.at(-1)?.spec.id;
  return { discard: discard.length > 0 || first === undefined ? discard : [first], start: [] };
};
