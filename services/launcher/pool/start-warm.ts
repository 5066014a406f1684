import type { Session } from '../../contracts/session.ts';
import type { SessionKeys } from '../sessions/session-access.ts';
import { makeJupyterServer } from '../sessions/jupyter-server.ts';
import { createSessionId } from '../sessions/session-id.ts';
import { makeSessionPath } from '../sessions/session-path.ts';
import { waitUntilReady } from '../sessions/wait-until-ready.ts';
import type { WarmRequest } from './waiting-request.ts';
import { runKernelOnce } from './run-kernel-once.ts';
import type { WarmPoolParts } from './warm-pool.ts';
import type { WaitingSession } from './warm-runtime.ts';

/** Nobody waits for it, so it is asked rarely. */
const PAUSE_MS = 100;

const lookUp = async ({ runtime }: Pick<WarmPoolParts, 'runtime'>, session: Session) => {
  const found = (await runtime.list()).find(({ spec }) => spec.id === session.spec.id);
  if (found === undefined) return { kind: 'unknown' } as const;
  const { spec, startedAt, state } = found;
  if (state.kind === 'ended') return { kind: 'ended', spec, end: state.end } as const;
  return { kind: 'running', session: { spec, startedAt, address: state.address, lastActivity: startedAt } } as const;
};

const makeReady = async (parts: WarmPoolParts, session: Session, signal: AbortSignal): Promise<void> => {
  const { settings, runtime, clock } = parts;
  if (session.state.kind !== 'running') return;
  const { id } = session.spec;
  const server = makeJupyterServer(parts.keys, { id, address: session.state.address });
  await waitUntilReady(
    {
      ...server,
      id,
      timeoutMs: settings.sessions.startTimeoutSeconds * 1000,
      lookUp: () => lookUp(parts, session),
      readLog: async () => '',
      clock,
      pauseMs: () => PAUSE_MS,
    },
    signal,
  );
  if (settings.pool.startKernel) await runKernelOnce(server, signal);
  await runtime.settle(id);
};

/** Starts a session for nobody and waits until Jupyter answers in it; nothing of it is left when that fails. */
export const startWarm = async (
  parts: Omit<WarmPoolParts, 'keys'> & { readonly keys: Pick<SessionKeys, 'token'> },
  request: WarmRequest,
  signal: AbortSignal,
): Promise<WaitingSession> => {
  const { runtime, keys, clock } = parts;
  const spec = { ...request, launchId: '', id: createSessionId() };
  const startedAt = clock.now();
  try {
    const options = { spec, token: keys.token(spec.id), basePath: makeSessionPath(spec.id) };
    const address = await runtime.start(options, signal);
    const session: Session = { spec, startedAt, state: { kind: 'running', address } };
    await makeReady(parts, session, signal);
    return { ...session, isReady: true };
  } catch (error) {
    await runtime.discard(spec.id).catch(() => undefined);
    throw error;
  }
};
