import type { SessionSpec } from '../../contracts/session.ts';
import type { Settings } from '../../contracts/settings.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../metrics.ts';
import type { SessionKeys } from '../sessions/session-access.ts';
import type { SessionRuntime } from '../sessions/session-runtime.ts';
import type { SessionRequest, Started } from '../sessions/session-service.ts';
import type { StartPace } from '../sessions/start-pace.ts';
import { claimWarm } from './claim-warm.ts';
import type { Wish } from './decide-pool.ts';
import { fillPool } from './fill-pool.ts';
import type { PoolMemory } from './pool-memory.ts';
import type { PoolTurn } from './pool-turn.ts';
import { FEWEST_LAUNCHES } from './popularity.ts';
import type { RecentLaunches } from './recent-launches.ts';
import { readWarmRequest } from './waiting-request.ts';
import type { WarmRuntime } from './warm-runtime.ts';

export type WarmPoolParts = {
  readonly runtime: WarmRuntime;
  readonly sessions: Pick<SessionRuntime, 'stop'>;
  readonly keys: Pick<SessionKeys, 'token'>;
  readonly pace: StartPace;
  readonly recent: RecentLaunches;
  readonly turn: PoolTurn;
  readonly settings: Pick<Settings, 'pool' | 'sessions'>;
  /** Bytes of memory that programs could still have on the machine of the sessions. */
  readonly availableMemory: () => number;
  /** How many sessions may wait beside those of visitors. */
  readonly room: () => Promise<number>;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly logger: Logger;
};

/** Sessions that were started before anybody asked for them. */
export type WarmPool = {
  /** A session with the image that a launch wants, if one waits; Jupyter answers in it. Nobody else has it. */
  claim(request: SessionRequest, signal: AbortSignal): Promise<Started | undefined>;
  /** So many should wait until further notice; the name tells who asks, and a wish of the same name is replaced. */
  hold(name: string, wishes: readonly Wish[]): void;
  /** Ends those of these sessions that still wait, because their places are needed. */
  evict(ids: readonly string[]): Promise<void>;
  /** Sessions that wait, the oldest first. */
  waiting(): readonly SessionSpec[];
  /** Takes over what an earlier process left waiting. */
  adopt(): Promise<void>;
  /** One round: lists, compares, ends what is too much and starts what is missing. */
  fill(signal: AbortSignal): Promise<void>;
  /** Rounds until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
};

const forget = (memory: PoolMemory, id: string): void => {
  memory.waiting = memory.waiting.filter(({ spec }) => spec.id !== id);
};

/** What cannot be ended now is found, and ended, in the next round. */
const discard = ({ runtime, logger }: WarmPoolParts, id: string): Promise<void> =>
  runtime.discard(id).catch((error: unknown) => {
    logger.warn({ err: error }, 'a waiting session could not be ended for a launch');
  });

/** What waits after a restart was popular a moment ago. */
const remember = async ({ recent, clock }: WarmPoolParts, waiting: PoolMemory['waiting']): Promise<void> => {
  const at = clock.now();
  if ((await recent.list(at)).length > 0) return;
  for (const { spec } of waiting)
    for (let time = 0; time < FEWEST_LAUNCHES; time += 1) await recent.note({ at, session: readWarmRequest(spec) });
};

const note = async ({ recent, settings, clock, logger }: WarmPoolParts, request: SessionRequest): Promise<void> => {
  if (settings.pool.popular === 0) return;
  await recent.note({ at: clock.now(), session: readWarmRequest(request) }).catch((error: unknown) => {
    logger.warn({ err: error }, 'a launch does not count for what should wait');
  });
};

/** Keeps sessions waiting. What waits is read from the runtime; a server that is killed finds it at its next start. */
export const createWarmPool = (parts: WarmPoolParts): WarmPool => {
  const { runtime, settings, clock, logger, metrics } = parts;
  const held = new Map<string, readonly Wish[]>();
  const memory: PoolMemory = { waiting: [], unshared: new Set() };
  const fillNow = (signal: AbortSignal): Promise<void> =>
    fillPool(parts, { held: [...held.values()].flat(), memory }, signal);
  const release = (id: string): void => {
    forget(memory, id);
    metrics.set('slipway_pool_sessions', memory.waiting.length);
  };
  const isIdle = (): boolean => memory.waiting.length === 0 && held.size === 0 && settings.pool.popular === 0;
  return {
    claim: async (request, signal) => {
      const [claimed] = await Promise.all([
        claimWarm(parts, { request, memory, forget: release }, signal),
        note(parts, request),
      ]);
      return claimed;
    },
    hold: (name, wanted) => void (wanted.length === 0 ? held.delete(name) : held.set(name, wanted)),
    evict: async (ids) => {
      const going = memory.waiting.filter(({ spec }) => ids.includes(spec.id));
      for (const { spec } of going) release(spec.id);
      await Promise.all(going.map(({ spec }) => discard(parts, spec.id)));
    },
    waiting: () => memory.waiting.toSorted((left, right) => left.startedAt - right.startedAt).map(({ spec }) => spec),
    adopt: async () => {
      memory.waiting = await runtime.list();
      if (settings.pool.popular > 0) await remember(parts, memory.waiting);
    },
    fill: fillNow,
    run: async (signal) => {
      for (; !signal.aborted; await clock.sleep(settings.pool.checkSeconds * 1000, signal).catch(() => undefined)) {
        if (isIdle()) continue;
        await fillNow(signal).catch((error: unknown) => {
          if (!signal.aborted)
            logger.warn({ err: error }, 'the waiting sessions could not be looked after; trying again');
        });
      }
    },
  };
};
