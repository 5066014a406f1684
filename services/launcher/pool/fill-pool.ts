import { makeJupyterServer } from '../sessions/jupyter-server.ts';
import { addUp, decidePool, takeLargest, type Wish } from './decide-pool.ts';
import { findPlace, type PoolMemory } from './pool-memory.ts';
import { wishPopular } from './popularity.ts';
import { startWarm } from './start-warm.ts';
import { tellSession } from './tell-session.ts';
import { isPlaced, makePlacedRequest, type WarmRequest } from './waiting-request.ts';
import type { WarmPoolParts } from './warm-pool.ts';
import type { WaitingSession } from './warm-runtime.ts';

const MIB = 2 ** 20;

type Filling = { readonly held: readonly Wish[]; readonly memory: PoolMemory };

/** Puts requests to where their sessions wait; the engine is asked once for each image. */
const createPlacing = ({ runtime }: WarmPoolParts, memory: PoolMemory) => {
  const places = new Map<string, Promise<string>>();
  return async (request: WarmRequest): Promise<WarmRequest> => {
    const place = places.get(request.image) ?? findPlace(runtime, memory, request.image);
    places.set(request.image, place);
    return makePlacedRequest(request, await place);
  };
};

const listWishes = async (parts: WarmPoolParts, { held, memory }: Filling): Promise<readonly Wish[]> => {
  const { recent, settings, clock } = parts;
  const { popular } = settings.pool;
  const put = createPlacing(parts, memory);
  const launches = popular === 0 ? [] : await recent.list(clock.now());
  const placed = launches.map(async ({ session }) => ({ session: await put(session) }));
  const wanted = takeLargest(held).map(async ({ session, count }) => ({ session: await put(session), count }));
  return [...addUp(await Promise.all(wanted)), ...wishPopular(await Promise.all(placed), popular)];
};

/** Whether a session that waits for whatever repository comes can be told later which one came. */
const canBeTold = async ({ keys }: WarmPoolParts, { spec, state }: WaitingSession, signal: AbortSignal) => {
  if (state.kind !== 'running') return false;
  const server = makeJupyterServer(keys, { id: spec.id, address: state.address });
  return (await tellSession(server, {}, signal)) === 'told';
};

/** Starts one and remembers it; false where sessions cannot wait without content. */
const startOne = async (parts: WarmPoolParts, request: WarmRequest, signal: AbortSignal) => {
  const session = await startWarm(parts, request, signal);
  if (!isPlaced(request) || (await canBeTold(parts, session, signal))) return session;
  await parts.runtime.discard(session.spec.id);
  parts.logger.info({ image: request.image }, 'sessions of this environment wait with the content of their commit');
  return undefined;
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
    if (memory.unshared.has(request.image)) continue;
    const session = await startOne(parts, request, signal);
    if (session === undefined) memory.unshared.add(request.image);
    else memory.waiting = [...memory.waiting, session];
    parts.metrics.set('slipway_pool_sessions', memory.waiting.length);
  }
};

const compare = async (parts: WarmPoolParts, filling: Filling, present: readonly WaitingSession[]) => {
  const { pool, sessions } = parts.settings;
  return decidePool({
    wishes: await listWishes(parts, filling),
    present,
    most: Math.min(pool.sessions, await parts.room()),
    maxAgeMs: pool.maxAgeSeconds * 1000,
    startMs: sessions.startTimeoutSeconds * 1000,
    isShort: parts.availableMemory() < pool.reserveMib * MIB,
    now: parts.clock.now(),
  });
};

/** One round: lists, compares, ends what is too much and starts what is missing, if it is this process's turn. */
export const fillPool = async (parts: WarmPoolParts, filling: Filling, signal: AbortSignal): Promise<void> => {
  const { runtime, metrics, turn } = parts;
  const { memory } = filling;
  const present = await runtime.list();
  memory.waiting = present;
  const hasTurn = await turn.take();
  const { discard, start } = hasTurn ? await compare(parts, filling, present) : { discard: [], start: [] };
  memory.waiting = memory.waiting.filter(({ spec }) => !discard.includes(spec.id));
  metrics.set('slipway_pool_sessions', memory.waiting.length);
  for (const id of discard) await runtime.discard(id);
  await startMissing(parts, { wanted: start, memory }, signal);
};
