import type { Session } from '../../contracts/session.ts';
import { makeSessionPath } from '../sessions/session-path.ts';
import type { SessionRequest, Started } from '../sessions/session-service.ts';
import { isAnswering, type JupyterPlace } from '../sessions/is-answering.ts';
import type { PoolMemory, WarmPoolParts } from './warm-pool.ts';

type Claiming = {
  readonly request: SessionRequest;
  readonly memory: PoolMemory;
  readonly forget: (id: string) => void;
};

/** A session that waited answers at once; one that does not has ended. */
const ANSWER_MS = 2000;

const answers = async (place: JupyterPlace, signal: AbortSignal): Promise<boolean> => {
  try {
    return await isAnswering(place, AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]));
  } catch {
    signal.throwIfAborted();
    return false;
  }
};

const claimOne = async (
  { runtime, sessions, clock }: WarmPoolParts,
  { spec: waiting, state }: Session,
  { request, signal }: { readonly request: SessionRequest; readonly signal: AbortSignal },
): Promise<Started | undefined> => {
  if (state.kind !== 'running') return undefined;
  const spec = { ...request, id: waiting.id };
  const { address } = state;
  if (!(await runtime.claim(spec))) return undefined;
  let isGiven = false;
  try {
    isGiven = await answers({ address, basePath: makeSessionPath(spec.id) }, signal);
    return isGiven ? { spec, address, startedAt: clock.now() } : undefined;
  } finally {
    if (!isGiven) await sessions.stop(spec.id);
  }
};

/** Those in which Jupyter is known to answer come first, the oldest of them. */
const listCandidates = ({ waiting, answering }: PoolMemory, image: string): Session[] =>
  waiting
    .filter(({ spec }) => spec.image === image)
    .sort((left, right) => Number(answering.has(right.spec.id)) - Number(answering.has(left.spec.id)));

/** Claims the first session of the image that is still there and answers. */
export const claimWarm = async (
  parts: WarmPoolParts,
  { request, memory, forget }: Claiming,
  signal: AbortSignal,
): Promise<Started | undefined> => {
  for (const session of listCandidates(memory, request.image)) {
    forget(session.spec.id);
    const started = await claimOne(parts, session, { request, signal }).catch((error: unknown) => {
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
