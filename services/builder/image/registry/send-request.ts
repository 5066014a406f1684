import type { Clock } from '../../../platform/clock.ts';
import { RegistryError } from './registry-error.ts';

/** A request that may be sent more than once. */
export type RegistryRequest = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Blob;
  readonly timeoutMs?: number;
};

export type Send = (request: RegistryRequest, signal: AbortSignal) => Promise<Response>;

const TIMEOUT_MS = 30_000;
const PAUSES_MS = [500, 1500, 4000];
const LONGEST_PAUSE_MS = 30_000;
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

/** `Retry-After` as milliseconds from `now`: seconds, or a date. */
export const parseRetryAfter = (header: string | null, now: number): number | undefined => {
  if (header === null) return undefined;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST_PAUSE_MS);
};

const sendOnce: Send = async ({ method, url, headers, body, timeoutMs = TIMEOUT_MS }, signal) => {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  return fetch(url, { method, headers: { ...headers }, signal: limit, ...(body === undefined ? {} : { body }) });
};

const explain = ({ url }: RegistryRequest, error: unknown): RegistryError => {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
  return new RegistryError(`${url.host} did not answer: ${reason}.`, { cause: error });
};

/**
 * Sends a request, up to four times where the server is overloaded, broken or away: after a growing pause, or after
 * the one that it asks for. Gives the last answer; throws RegistryError when there was none, and the signal's reason.
 */
export const createSend =
  (clock: Clock): Send =>
  async (request, signal) => {
    for (let attempt = 0; ; attempt += 1) {
      const pause = PAUSES_MS[attempt];
      const answer = await sendOnce(request, signal).catch((error: unknown) => explain(request, error));
      signal.throwIfAborted();
      const isPassing = answer instanceof RegistryError || PASSING.has(answer.status);
      if (!(answer instanceof RegistryError) && (!isPassing || pause === undefined)) return answer;
      if (pause === undefined) throw answer;
      const wanted =
        answer instanceof RegistryError ? undefined : parseRetryAfter(answer.headers.get('retry-after'), clock.now());
      if (!(answer instanceof RegistryError)) await answer.body?.cancel();
      await clock.sleep(wanted ?? pause, signal);
    }
  };
