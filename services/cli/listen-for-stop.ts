import { SlipwayError } from '../contracts/slipway-error.ts';

/** Aborts with BUILD_CANCELLED at the first SIGINT or SIGTERM; a second one ends the process at once. */
export const listenForStop = (): AbortSignal => {
  const stopping = new AbortController();
  const stop = (): void => {
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort(new SlipwayError('BUILD_CANCELLED'));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return stopping.signal;
};
