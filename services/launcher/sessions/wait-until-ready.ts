import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { Clock } from '../../platform/clock.ts';
import { isAnswering } from './is-answering.ts';
import type { JupyterPlace } from './jupyter-server.ts';
import { makeStartError } from './session-end.ts';
import type { SessionLookup } from './session-directory.ts';

export type Readiness = JupyterPlace & {
  readonly id: string;
  readonly timeoutMs: number;
  /** Asks the runtime, and the history for what was taken away already. */
  readonly lookUp: (id: string) => Promise<SessionLookup>;
  readonly readLog: (id: string) => Promise<string>;
  readonly clock: Clock;
  /** How long to wait before asking again; the answer may change while one waits. */
  readonly pauseMs: () => number;
};

const LOOK_MS = 250;
const ANSWER_MS = 5000;

/** An engine that is away for a moment is not the end of the session. */
const lookUp = async ({ lookUp: ask, id }: Readiness): Promise<SessionLookup | undefined> => {
  try {
    return await ask(id);
  } catch (error) {
    if (error instanceof SlipwayError && error.retry) return undefined;
    throw error;
  }
};

const throwIfEnded = async (readiness: Readiness): Promise<void> => {
  const found = await lookUp(readiness);
  if (found?.kind === 'ended') throw makeStartError(found.end);
  if (found?.kind === 'unknown') throw makeStartError(undefined);
};

const makeTimeoutError = async ({ readLog, id, timeoutMs }: Readiness): Promise<SlipwayError> => {
  const log = await readLog(id).catch(() => '');
  const message = `Jupyter did not answer within ${Math.round(timeoutMs / 1000)} seconds.`;
  return new SlipwayError('SESSION_START_TIMEOUT', { message, details: { log } });
};

/** An answer that does not come is as good as none. */
const answersInTime = async (readiness: Readiness, signal: AbortSignal): Promise<boolean> => {
  try {
    return await isAnswering(readiness, AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]));
  } catch {
    signal.throwIfAborted();
    return false;
  }
};

/** Asks at once, and then again and again. */
const untilAnswering = async (readiness: Readiness, signal: AbortSignal): Promise<void> => {
  const { clock, timeoutMs, pauseMs } = readiness;
  const deadline = clock.now() + timeoutMs;
  for (; clock.now() < deadline; await clock.sleep(pauseMs(), signal)) {
    if (await answersInTime(readiness, signal)) return;
  }
  throw await makeTimeoutError(readiness);
};

/** Looks whether the session ended beside the asking, because an address without a container answers nothing at all. */
const whileRunning = async (readiness: Readiness, signal: AbortSignal): Promise<never> => {
  for (;;) {
    await readiness.clock.sleep(LOOK_MS, signal);
    await throwIfEnded(readiness);
  }
};

/**
 * Waits until Jupyter answers below `basePath`. Throws SESSION_START_FAILED or SESSION_MEMORY_EXCEEDED as soon as
 * the session ends, SESSION_START_TIMEOUT after `timeoutMs`; each with the last log lines as `details.log`.
 */
export const waitUntilReady = async (readiness: Readiness, signal: AbortSignal): Promise<void> => {
  const decided = new AbortController();
  const both = AbortSignal.any([signal, decided.signal]);
  const racers = [untilAnswering(readiness, both), whileRunning(readiness, both)];
  try {
    await Promise.race(racers);
  } finally {
    decided.abort();
    await Promise.allSettled(racers);
  }
};
