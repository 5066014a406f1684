import type { Wish } from './decide-pool.ts';
import type { RecentLaunch } from './recent-launches.ts';
import type { WarmRequest } from './waiting-request.ts';

/** One visitor is no crowd. */
export const FEWEST_LAUNCHES = 2;

type Crowd = { readonly session: WarmRequest; readonly launches: number; readonly count: number };

/** Each place goes to the image with most launches for each place that it would then have. */
const giveOne = (crowds: readonly Crowd[]): readonly Crowd[] => {
  const weight = ({ launches, count }: Crowd): number => launches / (count + 1);
  const next = crowds.reduce((best, crowd) => (weight(crowd) > weight(best) ? crowd : best));
  return crowds.map((crowd) => (crowd === next ? { ...crowd, count: crowd.count + 1 } : crowd));
};

const gather = (launches: readonly Pick<RecentLaunch, 'session'>[]): readonly Crowd[] =>
  [...Map.groupBy(launches, ({ session }) => session.image).values()].flatMap((same) => {
    const session = same.at(-1)?.session;
    return session === undefined || same.length < FEWEST_LAUNCHES ? [] : [{ session, launches: same.length, count: 0 }];
  });

/** `places` shared out among the images that were launched by more than one visitor, in proportion. Pure. */
export const wishPopular = (launches: readonly Pick<RecentLaunch, 'session'>[], places: number): readonly Wish[] => {
  let crowds = gather(launches);
  if (crowds.length === 0) return [];
  for (let place = 0; place < places; place += 1) crowds = giveOne(crowds);
  return crowds.filter(({ count }) => count > 0).map(({ session, count }) => ({ session, count }));
};
