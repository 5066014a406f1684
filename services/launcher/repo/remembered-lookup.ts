import { LRUCache } from 'lru-cache';
import type { ResolvedRepository } from '../../contracts/repository.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { Clock } from '../../platform/clock.ts';
import type { RepoProvider } from './repo-provider.ts';

/** A question that is being answered, and those who wait for it. */
type Lookup = { readonly answer: Promise<ResolvedRepository>; readonly leave: AbortController; waiting: number };

type Outcome = { readonly repository: ResolvedRepository } | { readonly error: SlipwayError };
type Remembered = { readonly outcome: Outcome; readonly until: number };

const ENTRIES = 2048;

/** What a host said for certain; that it did not answer is not remembered. */
const isCertain = (error: unknown): error is SlipwayError => error instanceof SlipwayError && !error.retry;

const waitFor = <T>(answer: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const leave = (): void => reject(signal.reason as Error);
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  return Promise.race([answer, promise]).finally(() => signal.removeEventListener('abort', leave));
};

/** Lets all who ask the same at the same time wait for one look-up; it is aborted when the last of them has left. */
const shareLookups = (ask: RepoProvider['resolve']): RepoProvider['resolve'] => {
  const running = new Map<string, Lookup>();
  const forget = (spec: string, lookup: Lookup): void => {
    if (running.get(spec) === lookup) running.delete(spec);
  };
  const begin = (spec: string): Lookup => {
    const leave = new AbortController();
    const lookup: Lookup = { answer: ask(spec, leave.signal), leave, waiting: 0 };
    const end = (): void => forget(spec, lookup);
    lookup.answer.then(end, end);
    running.set(spec, lookup);
    return lookup;
  };
  return async (spec, signal) => {
    const lookup = running.get(spec) ?? begin(spec);
    lookup.waiting += 1;
    try {
      return await waitFor(lookup.answer, signal);
    } finally {
      lookup.waiting -= 1;
      if (lookup.waiting === 0) {
        forget(spec, lookup);
        lookup.leave.abort(signal.reason);
      }
    }
  };
};

/**
 * Makes a provider whose host is asked once by all who ask the same at the same time, and again only after `seconds`.
 * A look-up is given up when the last one who waits for it has left.
 */
export const rememberLookups = (
  provider: RepoProvider,
  { seconds, clock }: { readonly seconds: number; readonly clock: Clock },
): RepoProvider => {
  const remembered = new LRUCache<string, Remembered>({ max: ENTRIES });
  const keep = (spec: string, outcome: Outcome): void => {
    if (seconds > 0) remembered.set(spec, { outcome, until: clock.now() + seconds * 1000 });
  };
  const ask = shareLookups(async (spec, signal) => {
    try {
      const repository = await provider.resolve(spec, signal);
      keep(spec, { repository });
      return repository;
    } catch (error) {
      if (isCertain(error)) keep(spec, { error });
      throw error;
    }
  });
  return {
    display: provider.display,
    resolve: async (spec, signal) => {
      const known = remembered.get(spec);
      if (known === undefined || known.until <= clock.now()) return ask(spec, signal);
      if ('error' in known.outcome) throw known.outcome.error;
      return known.outcome.repository;
    },
  };
};
