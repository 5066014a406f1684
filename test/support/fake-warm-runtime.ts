import type { SessionAddress } from '../../services/contracts/session.ts';
import type { WaitingSession, WarmRuntime } from '../../services/launcher/pool/warm-runtime.ts';
import type { FakeSessionRuntime } from './fake-session-runtime.ts';

export type FakeWarmRuntime = WarmRuntime & {
  /** Ids of those whose start is over. */
  readonly settled: string[];
  /** The images of environments, by those of commits. */
  readonly places: Map<string, string>;
  /** Whether nothing can be started. */
  isBroken: boolean;
};

/** Waiting sessions that are only remembered; one that is claimed turns up among those of `claimed`. */
export const createFakeWarmRuntime = (claimed: FakeSessionRuntime, address: SessionAddress): FakeWarmRuntime => {
  const waiting = new Map<string, WaitingSession>();
  const fake: FakeWarmRuntime = {
    settled: [],
    places: new Map(),
    isBroken: false,
    placeOf: async (image) => fake.places.get(image) ?? image,
    start: async ({ spec }, signal) => {
      signal.throwIfAborted();
      if (fake.isBroken) throw new Error('nothing starts');
      waiting.set(spec.id, { spec, startedAt: Date.now(), state: { kind: 'running', address }, isReady: false });
      return address;
    },
    settle: async (id) => {
      fake.settled.push(id);
      const session = waiting.get(id);
      if (session !== undefined) waiting.set(id, { ...session, isReady: true });
    },
    list: async () => [...waiting.values()],
    claim: async (spec) => {
      if (!waiting.delete(spec.id)) return false;
      await claimed.start({ spec, token: '', basePath: '' }, new AbortController().signal);
      return true;
    },
    discard: async (id) => void waiting.delete(id),
  };
  return fake;
};
