import { SlipwayError } from '../../contracts/slipway-error.ts';
import { engineStatus } from '../../platform/docker-engine.ts';

type EngineAnswer = { readonly json?: { readonly message?: unknown } };

/** The engine's own words, without dockerode's prefix; empty when it said nothing. */
const engineMessage = (error: unknown): string => {
  const message = (error as EngineAnswer | undefined)?.json?.message;
  return typeof message === 'string' ? message : '';
};

/** Turns what the engine threw while a session was handled into an error of the catalogue. */
export const toSessionError = (error: unknown): SlipwayError => {
  if (error instanceof SlipwayError) return error;
  if (engineStatus(error) === undefined) return new SlipwayError('BUILD_ENGINE_UNAVAILABLE', { cause: error });
  const said = engineMessage(error);
  if (/no space left on device/i.test(said)) return new SlipwayError('BUILD_DISK_FULL', { cause: error });
  return new SlipwayError('SESSION_START_FAILED', {
    message: `The session could not be started: ${said || 'the engine refused.'}`,
    details: { log: said },
    cause: error,
  });
};
