import type { SessionAddress, SessionSpec } from '../../contracts/session.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { SessionKeys } from './session-access.ts';
import type { SessionDirectory } from './session-directory.ts';
import { createSessionId } from './session-id.ts';
import { makeSessionPath } from './session-path.ts';
import type { SessionRuntime } from './session-runtime.ts';
import type { SessionAccess, SessionRequest, SessionService } from './session-service.ts';
import { waitUntilReady, type Readiness } from './wait-until-ready.ts';

type SessionServiceParts = {
  readonly runtime: SessionRuntime;
  readonly directory: SessionDirectory;
  readonly keys: SessionKeys;
  readonly startTimeoutSeconds: number;
  readonly clock: Clock;
  readonly logger: Logger;
};

type Started = { readonly spec: SessionSpec; readonly address: SessionAddress; readonly startedAt: number };

/** The session that an earlier process started for the same launch; one that ended by now is taken away. */
const findStarted = async ({ runtime }: SessionServiceParts, launchId: string): Promise<Started | undefined> => {
  const sessions = await runtime.list();
  for (const { spec, startedAt, state } of sessions.filter((session) => session.spec.launchId === launchId)) {
    if (state.kind === 'running') return { spec, startedAt, address: state.address };
    await runtime.stop(spec.id);
  }
  return undefined;
};

const startNew = async (
  { runtime, keys, clock }: SessionServiceParts,
  spec: SessionSpec,
  signal: AbortSignal,
): Promise<Started> => {
  const options = { spec, token: keys.token(spec.id), basePath: makeSessionPath(spec.id) };
  return { spec, startedAt: clock.now(), address: await runtime.start(options, signal) };
};

/** What could not be taken away now is ended by the reconciler, because nobody uses it. */
const takeAway = async ({ runtime, directory, logger }: SessionServiceParts, id: string): Promise<void> => {
  directory.remove(id);
  try {
    await runtime.stop(id);
  } catch (error) {
    logger.warn({ session: id, err: error }, 'a session that failed to start could not be removed');
  }
};

const makeReadiness = (parts: SessionServiceParts, { spec, address }: Started): Readiness => ({
  id: spec.id,
  address,
  basePath: makeSessionPath(spec.id),
  timeoutMs: parts.startTimeoutSeconds * 1000,
  lookUp: (id) => parts.directory.recheck(id),
  readLog: (id) => parts.runtime.log(id),
  clock: parts.clock,
});

async function* startSession(
  parts: SessionServiceParts,
  request: SessionRequest,
  signal: AbortSignal,
): AsyncGenerator<string, SessionSpec> {
  const { clock, directory } = parts;
  const existing = await findStarted(parts, request.launchId);
  signal.throwIfAborted();
  let id: string | undefined = existing?.spec.id ?? createSessionId();
  try {
    const started = existing ?? (await startNew(parts, { ...request, id }, signal));
    yield existing ? 'Found the session of this launch.' : 'The container runs; waiting for Jupyter.';
    await waitUntilReady(makeReadiness(parts, started), signal);
    yield `Jupyter answered after ${((clock.now() - started.startedAt) / 1000).toFixed(1)} seconds.`;
    directory.add(started);
    id = undefined;
    return started.spec;
  } finally {
    if (id !== undefined) await takeAway(parts, id);
  }
}

const describeAccess = (keys: SessionKeys, id: string): SessionAccess => {
  const path = makeSessionPath(id);
  return { path, token: keys.token(id), entryPath: `${path}enter?code=${keys.createEntryCode(id)}` };
};

/** Starts sessions for launches and says how visitors get in. */
export const createSessionService = (parts: SessionServiceParts): SessionService => ({
  start: (request, signal) => startSession(parts, request, signal),
  access: (sessionId) => describeAccess(parts.keys, sessionId),
});
