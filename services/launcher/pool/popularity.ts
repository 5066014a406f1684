import type { Clock } from '../../platform/clock.ts';
import type { WarmRequest, Wish } from './decide-pool.ts';

/** Launches this long ago say nothing about the next ones any more. */
const WINDOW_MS = 3_600_000;
/** One visitor is no crowd. */
const FEWEST_LAUNCHES = 2;
const MOST_REMEMBERED = 10_000;

/** Remembers what was launched in the last hour. */
export type Popularity = {
  note(session: WarmRequest): void;
  /** Something of it waits already, so it was popular a moment ago. */
  keep(session: WarmRequest): void;
  /** `places` shared out among what was launched, in proportion. */
  wishes(places: number): Wish[];
};

type Crowd = { readonly session: WarmRequest; readonly launches: number; readonly count: number };

/** Each place goes to the image with most launches for each place that it would then have. */
const giveOne = (crowds: readonly Crowd[]): readonly Crowd[] => {
  const weight = ({ launches, count }: Crowd): number => launches / (count + 1);
  const next = crowds.reduce((best, crowd) => (weight(crowd) > weight(best) ? crowd : best));
  return crowds.map((crowd) => (crowd === next ? { ...crowd, count: crowd.count + 1 } : crowd));
};

/** Counts launches by image in the memory of this process. */
export const createPopularity = (clock: Clock): Popularity => {
  let noted: { readonly at: number; readonly session: WarmRequest }[] = [];
  const note = (session: WarmRequest): void => {
    const now = clock.now();
    noted = noted.filter(({ at }) => now - at < WINDOW_MS).slice(-MOST_REMEMBERED);
    noted.push({ at: now, session });
  };
  return {
    note,
    keep: (session) => Array.from({ length: FEWEST_LAUNCHES }, () => session).forEach(note),
    wishes: (places) => {
      const recent = noted.filter(({ at }) => clock.now() - at < WINDOW_MS);
      const byImage = Map.groupBy(recent, ({ session }) => session.image);
      let crowds: readonly Crowd[] = [...byImage.values()].flatMap((launches) => {
        const session = launches.at(-1)?.session;
        return session === undefined || launches.length < FEWEST_LAUNCHES
          ? []
          : [{ session, launches: launches.length, count: 0 }];
      });
      if (crowds.length === 0) return [];
      for (let place = 0; place < places; place += 1) crowds = giveOne(crowds);
      return crowds.filter(({ count }) => count > 0).map(({ session, count }) => ({ session, count }));
    },
  };
};
