import { describe, expect, it } from 'vitest';
import { MOST_REMEMBERED, WINDOW_MS, type RecentLaunches } from '../../services/launcher/pool/recent-launches.ts';
import { readWarmRequest } from '../../services/launcher/pool/waiting-request.ts';
import { makeSessionSpec } from '../support/session-spec.ts';

type Options = {
  /** The same launches as two processes have them, or twice those of the one that there is. */
  readonly create: () => readonly [RecentLaunches, RecentLaunches];
};

const NOW = 1_764_000_000_000;
const launchOf = (image: string, at: number) => ({ at, session: readWarmRequest(makeSessionSpec({ image })) });

/** What all RecentLaunches promise. */
export const recentLaunchesContract = ({ create }: Options): void => {
  describe('as recent launches', () => {
    it('are those of all processes, equal ones too, the oldest first', async () => {
      const [one, other] = create();
      expect(await one.list(NOW)).toEqual([]);
      const launches = [launchOf('a:1', NOW - 20), launchOf('b:1', NOW - 10), launchOf('b:1', NOW - 10)] as const;
      await one.note(launches[1]);
      await other.note(launches[0]);
      await other.note(launches[2]);
      expect(await one.list(NOW)).toEqual(launches);
    });

    it('are forgotten after a while', async () => {
      const [one] = create();
      await one.note(launchOf('old:1', NOW - WINDOW_MS - 1));
      await one.note(launchOf('a:1', NOW - WINDOW_MS));
      expect((await one.list(NOW)).map(({ session }) => session.image)).toEqual(['a:1']);
      expect(await one.list(NOW + 1)).toEqual([]);
    });

    it('are the last ones of very many', async () => {
      const [one] = create();
      const launches = Array.from({ length: MOST_REMEMBERED + 2 }, (_, index) => launchOf(`a:${index}`, NOW + index));
      await Promise.all(launches.map((launch) => one.note(launch)));
      const images = (await one.list(NOW + launches.length)).map(({ session }) => session.image);
      expect([images.length, images[0]]).toEqual([MOST_REMEMBERED, 'a:2']);
    });
  });
};
