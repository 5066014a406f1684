import type { Session, SessionSpec } from '../../contracts/session.ts';
import type { Settings } from '../../contracts/settings.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Metrics } from '../metrics.ts';
import type { SessionKeys } from '../sessions/session-access.ts';
import type { SessionRuntime } from '../sessions/session-runtime.ts';
import type { SessionRequest, Started } from '../sessions/session-service.ts';
import type { StartPace } from '../sessions/start-pace.ts';
import { claimWarm } from './claim-warm.ts';
import { decidePool, type WarmRequest, type Wish } from './decide-pool.ts';
import type { Popularity } from './popularity.ts';
import { startWarm } from './start-warm.ts';
import type { WarmRuntime } from './warm-runtime.ts';

export type WarmPoolParts = {
  readonly runtime: WarmRuntime;
  readonly sessions: Pick<SessionRuntime, 'stop'>;
  readonly keys: Pick<SessionKeys, 'token'>;
  readonly pace: StartPace;
  readonly popularity: Popularity;
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
  /** A session of the image that a launch wants, if one waits; Jupyter answers in it. Nobody else has it. */
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

const MIB = 2 ** 20;

/** What this process believes about the world: who waits, and whether Jupyter answers in it. */
export type PoolMemory = {
  waiting: readonly Session[];
  readonly answering: Set<string>;
};

/** What is the same for everybody who launches it. */
const readRequest = (request: SessionRequest): WarmRequest => {
  const { image, canonical, repoUrl, refUrl, request: link, persistentRequest, launchHost } = request;
  const known = { image, canonical, repoUrl, refUrl, request: link, persistentRequest };
  return { ...known, ...(launchHost === undefined ? {} : { launchHost }) };
};

const forget = (memory: PoolMemory, id: string): void => {
  memory.waiting = memory.waiting.filter(({ spec }) => spec.id !== id);
  memory.answering.delete(id);
};

/** A launch goes before what waits for nobody: one is started after the other, none while a visitor's starts or needs its place. */
const startMissing = async (
  parts: WarmPoolParts,
  { wanted, memory }: { readonly wanted: readonly WarmRequest[]; readonly memory: PoolMemory },
  signal: AbortSignal,
): Promise<void> => {
  for (const request of wanted) {
    signal.throwIfAborted();
    if (parts.pace.waiting() > 0 || (await parts.room()) <= memory.waiting.length) return;
    const session = await startWarm(parts, request, signal);
    memory.answering.add(session.spec.id);
    memory.waiting = [...memory.waiting, session];
    parts.metrics.set('slipway_pool_sessions', memory.waiting.length);
  }
};

const fill = async (
  parts: WarmPoolParts,
  { wishes, memory }: { readonly wishes: readonly Wish[]; readonly memory: PoolMemory },
  signal: AbortSignal,
): Promise<void> => {
  const { runtime, settings, clock, metrics } = parts;
  const { pool } = settings;
  const present = await runtime.list();
  const { discard, start } = decidePool({
    wishes,
    present,
    most: Math.min(pool.sessions, await parts.room()),
    maxAgeMs: pool.maxAgeSeconds * 1000,
    isShort: parts.availableMemory() < pool.reserveMib * MIB,
    now: clock.now(),
  });
  memory.waiting = present.filter(({ spec }) => !discard.includes(spec.id));
  for (const id of memory.answering)
    if (!memory.waiting.some(({ spec }) => spec.id === id)) memory.answering.delete(id);
  metrics.set('slipway_pool_sessions', memory.waiting.length);
  for (const id of discard) await runtime.discard(id);
  await startMissing(parts, { wanted: start, memory }, signal);
};

/** What cannot be ended now is found, and ended, in the next round. */
const discard = ({ runtime, logger }: WarmPoolParts, id: string): Promise<void> =>
  runtime.discard(id).catch((error: unknown) => {
    logger.warn({ err: error }, 'a waiting session could not be ended for a launch');
  });

/** Keeps sessions waiting. What waits is read from the runtime; a server that is killed finds it at its next start. */
export const createWarmPool = (parts: WarmPoolParts): WarmPool => {
  const { runtime, popularity, settings, clock, logger } = parts;
  const held = new Map<string, readonly Wish[]>();
  const memory: PoolMemory = { waiting: [], answering: new Set() };
  const wishes = (): Wish[] => [...[...held.values()].flat(), ...popularity.wishes(settings.pool.popular)];
  const fillNow = (signal: AbortSignal): Promise<void> => fill(parts, { wishes: wishes(), memory }, signal);
  const release = (id: string): void => {
    forget(memory, id);
    parts.metrics.set('slipway_pool_sessions', memory.waiting.length);
  };
  return {
    claim: async (request, signal) => {
      popularity.note(readRequest(request));
      return claimWarm(parts, { request, memory, forget: release }, signal);
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
      for (const { spec } of memory.waiting) popularity.keep(readRequest(spec));
    },
    fill: fillNow,
    run: async (signal) => {
      for (; !signal.aborted; await clock.sleep(settings.pool.checkSeconds * 1000, signal).catch(() => undefined)) {
        if (memory.waiting.length === 0 && wishes().length === 0) continue;
        await fillNow(signal).catch((error: unknown) => {
          if (!signal.aborted)
            logger.warn({ err: error }, 'the waiting sessions could not be looked after; trying again');
        });
      }
    },
  };
};
