import { describe, expect, it } from 'vitest';
import type { PoolDemand } from '../../services/contracts/api/waiting-sessions.ts';
import type { PoolDemands } from '../../services/launcher/pool/pool-demands.ts';

type Options = {
  /** The same demands as two processes have them, or twice those of the one that there is. */
  readonly create: () => readonly [PoolDemands, PoolDemands];
};

const NOW = 1_764_000_000_000;
const demand = (name: string, changes: Partial<PoolDemand> = {}): PoolDemand => ({
  name,
  provider: 'gh',
  spec: 'owner/repository/HEAD',
  count: 3,
  until: NOW + 1000,
  ...changes,
});

/** What all PoolDemands promise. */
export const poolDemandsContract = ({ create }: Options): void => {
  describe('as demands of the pool', () => {
    it('are those of all processes, by name', async () => {
      const [one, other] = create();
      await one.put(demand('tuesday'));
      await other.put(demand('monday', { count: 1 }));
      for (const demands of [one, other])
        expect(await demands.list(NOW)).toEqual([demand('monday', { count: 1 }), demand('tuesday')]);
    });

    it('are replaced by one of the same name, and removed once', async () => {
      const [one, other] = create();
      await one.put(demand('class'));
      await other.put(demand('class', { count: 30 }));
      expect(await one.list(NOW)).toEqual([demand('class', { count: 30 })]);
      await one.remove('class');
      await other.remove('class');
      expect(await other.list(NOW)).toEqual([]);
    });

    it('are over when they said', async () => {
      const [one] = create();
      await one.put(demand('short', { until: NOW + 1 }));
      await one.put(demand('long', { until: NOW + 2 }));
      expect((await one.list(NOW)).map(({ name }) => name)).toEqual(['long', 'short']);
      expect((await one.list(NOW + 1)).map(({ name }) => name)).toEqual(['long']);
      await one.put(demand('short', { until: NOW + 10 }));
      expect((await one.list(NOW + 2)).map(({ name }) => name)).toEqual(['short']);
    });
  });
};
