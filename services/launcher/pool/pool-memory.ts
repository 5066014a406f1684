import type { WarmRuntime, WaitingSession } from './warm-runtime.ts';

/** What this process believes about the world. */
export type PoolMemory = {
  waiting: readonly WaitingSession[];
  /** Images of environments in which sessions cannot wait for whatever repository comes, as was found by trying. */
  readonly unshared: Set<string>;
};

/** The image in which sessions for launches of this one wait. */
export const findPlace = async (
  runtime: Pick<WarmRuntime, 'placeOf'>,
  { unshared }: PoolMemory,
  image: string,
): Promise<string> => {
  const place = await runtime.placeOf(image);
  return unshared.has(place) ? image : place;
};
