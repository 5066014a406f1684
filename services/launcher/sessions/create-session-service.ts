import type { SessionSpec } from '../../contracts/session.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { WarmPool } from '../pool/warm-pool.ts';
import type { SessionKeys } from './session-access.ts';
import type { SessionDirectory } from './session-directory.ts';
import { createSessionId } from './session-id.ts';
import { makeSessionPath } from './session-path.ts';
import type { SessionRuntime } from './session-runtime.ts';
import type { PrepareSession, SessionAccess, SessionRequest, SessionService, Started } from './session-service.ts';
import type { StartPace } from './start-pace.ts';
import { waitUntilReady, type Readiness } from './wait-until-ready.ts';

type SessionServiceParts = {
  readonly runtime: SessionRuntime;
  readonly directory: SessionDirectory;
  readonly keys: SessionKeys;
  readonly pool: Pick<WarmPool, 'claim'>;
  readonly pace: StartPace;
  readonly startTimeoutSeconds: number;
  readonly clock: Clock;
  readonly logger: Logger;
};

/** The session that must be taken away when the launch does not come to its end. */
type Holder = { id: string | undefined };

/** The session that an earlier process started for the same launch; one that ended by now is taken away. */
const findStarted = async ({ runtime }: SessionServiceParts, launchId: string): Promise<Started | undefined> => {
  for (const { spec, startedAt, state } of await runtime.list(launchId)) {
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
  pauseMs: () => parts.pace.pauseMs(),
});

/** A new session, which starts when it is its turn. */
async function* startInTurn(
  parts: SessionServiceParts,
  spec: SessionSpec,
  signal: AbortSignal,
): AsyncGenerator<string, Started> {
  const before = parts.pace.before();
  if (before > 0) yield `Sessions that start before this one: ${before}.`;
  using _turn = await parts.pace.take(signal);
  const started = await startNew(parts, spec, signal);
  yield 'The container runs; waiting for Jupyter.';
  yield await untilReady(parts, started, signal);
  return started;
}

/** Waits until Jupyter answers, and says how long that took. */
const untilReady = async (parts: SessionServiceParts, started: Started, signal: AbortSignal): Promise<string> => {
  await parts.pace.whileWaiting(() => waitUntilReady(makeReadiness(parts, started), signal));
  await parts.runtime.settle(started.spec);
  return `Jupyter answered after ${((parts.clock.now() - started.startedAt) / 1000).toFixed(1)} seconds.`;
};

/** The session of this launch, else one that waits for somebody, else a new one; whichever it is, Jupyter answers. */
async function* provideSession(
  parts: SessionServiceParts,
  { request, holder }: { readonly request: SessionRequest; readonly holder: Holder },
  signal: AbortSignal,
): AsyncGenerator<string, Started> {
  const existing = await findStarted(parts, request.launchId);
  signal.throwIfAborted();
  if (existing !== undefined) {
    holder.id = existing.spec.id;
    yield 'Found the session of this launch.';
    yield await untilReady(parts, existing, signal);
    return existing;
  }
  const claimed = await parts.pool.claim(request, signal);
  holder.id = claimed?.spec.id ?? createSessionId();
  if (claimed === undefined) return yield* startInTurn(parts, { ...request, id: holder.id }, signal);
  yield 'A session was waiting.';
  return claimed;
}

async function* startSession(
  parts: SessionServiceParts,
  { request, prepare }: { readonly request: SessionRequest; readonly prepare: PrepareSession | undefined },
  signal: AbortSignal,
): AsyncGenerator<string, SessionSpec> {
  const holder: Holder = { id: undefined };
  try {
    const started = yield* provideSession(parts, { request, holder }, signal);
    if (prepare !== undefined) yield* prepare(started, signal);
    signal.throwIfAborted();
    parts.directory.add(started);
    holder.id = undefined;
    return started.spec;
  } finally {
    if (holder.id !== undefined) await takeAway(parts, holder.id);
  }
}

const describeAccess = (keys: SessionKeys, id: string): SessionAccess => {
  const path = makeSessionPath(id);
  return { path, token: keys.token(id), entryPath: `${path}enter?code=${keys.createEntryCode(id)}` };
};

/** Starts sessions for launches and says how visitors get in. */
export const createSessionService = (parts: SessionServiceParts): SessionService => ({
  start: (request, signal, prepare) => startSession(parts, { request, prepare }, signal),
  access: (sessionId) => describeAccess(parts.keys, sessionId),
});
