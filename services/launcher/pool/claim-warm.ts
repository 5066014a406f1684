import { makeJupyterServer } from '../sessions/jupyter-server.ts';
import { makeLaunchVariables } from '../sessions/session-container.ts';
import type { SessionRequest, Started } from '../sessions/session-service.ts';
import { findPlace, type PoolMemory } from './pool-memory.ts';
import { tellSession } from './tell-session.ts';
import { isPlaced } from './waiting-request.ts';
import type { WarmPoolParts } from './warm-pool.ts';
import type { WaitingSession } from './warm-runtime.ts';

type Claiming = {
  readonly request: SessionRequest;
  readonly memory: PoolMemory;
  readonly forget: (id: string) => void;
};

/** One with its content from the start can be used as it is; another one must know whose it is now. */
const canBeUsed = async (
  { keys }: WarmPoolParts,
  { waiting, started }: { readonly waiting: WaitingSession; readonly started: Started },
  signal: AbortSignal,
): Promise<boolean> => {
  const { spec, address } = started;
  const server = makeJupyterServer(keys, { id: spec.id, address });
  const answer = await tellSession(server, makeLaunchVariables(spec), signal);
  return answer === 'told' || (answer === 'untold' && !isPlaced(waiting.spec));
};

const claimOne = async (
  parts: WarmPoolParts,
  waiting: WaitingSession,
  { request, signal }: { readonly request: SessionRequest; readonly signal: AbortSignal },
): Promise<Started | undefined> => {
  const { runtime, sessions, clock } = parts;
  const { spec: was, state } = waiting;
  if (state.kind !== 'running') return undefined;
  const spec = { ...request, id: was.id };
  if (!(await runtime.claim(spec, was.image))) return undefined;
  let isGiven = false;
  try {
    const started = { spec, address: state.address, startedAt: clock.now() };
    isGiven = await canBeUsed(parts, { waiting, started }, signal);
    return isGiven ? started : undefined;
  } finally {
    if (!isGiven) await sessions.stop(spec.id);
  }
};

/** Those that have the content already come first, of these the oldest. */
const listCandidates = async (
  { runtime }: WarmPoolParts,
  { memory, request }: Claiming,
): Promise<readonly WaitingSession[]> => {
  const ready = memory.waiting.filter(({ isReady }) => isReady);
  if (ready.length === 0) return [];
  const place = await findPlace(runtime, memory, request.image);
  const rank = ({ spec }: WaitingSession): number => [request.image, place].indexOf(spec.image);
  return ready.filter((one) => rank(one) >= 0).toSorted((left, right) => rank(left) - rank(right));
};

/** Claims the first session for the image that is still there and answers. */
export const claimWarm = async (
  parts: WarmPoolParts,
  claiming: Claiming,
  signal: AbortSignal,
): Promise<Started | undefined> => {
  const { request, forget } = claiming;
  for (const waiting of await listCandidates(parts, claiming)) {
    forget(waiting.spec.id);
    const started = await claimOne(parts, waiting, { request, signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      parts.logger.warn({ err: error }, 'a waiting session could not be claimed');
      return undefined;
    });
    if (started === undefined) continue;
    parts.metrics.count('slipway_pool_claims_total', { outcome: 'hit' });
    return started;
  }
  parts.metrics.count('slipway_pool_claims_total', { outcome: 'miss' });
  return undefined;
};
