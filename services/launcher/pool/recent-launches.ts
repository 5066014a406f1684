import type { WarmRequest } from './waiting-request.ts';

/** Launches this long ago say nothing about the next ones any more. */
export const WINDOW_MS = 3_600_000;
export const MOST_REMEMBERED = 2000;

export type RecentLaunch = { readonly at: number; readonly session: WarmRequest };

/** What was launched lately, by anybody at any launcher of the installation. */
export interface RecentLaunches {
  note(launch: RecentLaunch): Promise<void>;
  /** Those at most WINDOW_MS before `now`, the oldest first; of many the last MOST_REMEMBERED. */
  list(now: number): Promise<readonly RecentLaunch[]>;
}

/** Remembers launches in this process. */
export const createMemoryRecentLaunches = (): RecentLaunches => {
  let noted: readonly RecentLaunch[] = [];
  const recent = (now: number): readonly RecentLaunch[] => noted.filter(({ at }) => now - at <= WINDOW_MS);
  return {
    note: async (launch) => {
      noted = [...recent(launch.at), launch].toSorted((left, right) => left.at - right.at).slice(-MOST_REMEMBERED);
    },
    list: async (now) => recent(now),
  };
};
