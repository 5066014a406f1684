import { toSlipwayError } from '../../contracts/slipway-error.ts';
import type { Clock } from '../../platform/clock.ts';
import type { RepoProvider } from './repo-provider.ts';

/** How one look-up went: `found` or an error code. */
export type LookupOutcome = { readonly provider: string; readonly outcome: string; readonly seconds: number };

type Observer = { readonly clock: Clock; readonly onLookup: (outcome: LookupOutcome) => void };

/** Makes a provider whose look-ups are told to an observer; those that were aborted are not. */
export const measureLookups = (provider: RepoProvider, { clock, onLookup }: Observer): RepoProvider => ({
  display: provider.display,
  resolve: async (spec, signal) => {
    const startedAt = clock.now();
    const tell = (outcome: string): void =>
      onLookup({ provider: provider.display.id, outcome, seconds: (clock.now() - startedAt) / 1000 });
    try {
      const repository = await provider.resolve(spec, signal);
      tell('found');
      return repository;
    } catch (error) {
      if (!signal.aborted) tell(toSlipwayError(error).code);
      throw error;
    }
  },
});
