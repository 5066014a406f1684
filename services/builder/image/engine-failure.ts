import type { ErrorCode } from '../../contracts/errors.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { engineStatus } from '../../platform/docker-engine.ts';

/** Whether an engine's message says that there is no room left on its disk. */
export const isDiskFull = (message: string): boolean => /no space left on device|disk quota exceeded/i.test(message);

const SOCKET_CALLS: readonly unknown[] = ['connect', 'read', 'write', 'getaddrinfo'];

/** Whether a request got no answer: nobody listens, or the connection broke. */
const isUnanswered = (error: Error): boolean => {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code === 'ECONNRESET' || SOCKET_CALLS.includes(syscall);
};

/**
 * What a failed request to the engine means: a full disk, or an engine that did not answer or answered with an
 * error of its own (`otherwise`). Anything that is no failure of a request is given back as it is.
 */
export const toEngineError = (thrown: unknown, otherwise: ErrorCode = 'BUILD_ENGINE_UNAVAILABLE'): unknown => {
  if (thrown instanceof SlipwayError || !(thrown instanceof Error)) return thrown;
  if (isDiskFull(thrown.message)) return new SlipwayError('BUILD_DISK_FULL', { cause: thrown });
  const isAnswered = engineStatus(thrown) !== undefined;
  if (!isAnswered && !isUnanswered(thrown)) return thrown;
  const message = isAnswered ? `The container engine answered with an error: ${thrown.message.trim()}` : undefined;
  return new SlipwayError(otherwise, { message, details: { engine: thrown.message }, cause: thrown });
};

/** What an engine reported as an error in the middle of an answer. */
export const makeReportedError = (text: string, otherwise: ErrorCode): SlipwayError =>
  isDiskFull(text)
    ? new SlipwayError('BUILD_DISK_FULL', { details: { engine: text } })
    : new SlipwayError(otherwise, { message: `The container engine answered with an error: ${text.trim()}` });
