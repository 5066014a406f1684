import { Check } from 'typebox/value';
import {
  DEFAULT_HOLD_SECONDS,
  PoolDemand,
  type HoldSessions,
  type WaitingSessions,
} from '../../../contracts/api/waiting-sessions.ts';
import { SlipwayError } from '../../../contracts/slipway-error.ts';
import type { ApiParts, ApiRequest, Handlers } from './api-parts.ts';

const view = async ({ waiting, clock }: ApiParts): Promise<WaitingSessions> => ({
  waiting: waiting.count(),
  demands: [...(await waiting.demands.list(clock.now()))],
});

const invalid = (message: string) => new SlipwayError('LAUNCH_REQUEST_INVALID', { message });

const readName = (request: ApiRequest): string => {
  const name = request.params['demand'] ?? '';
  if (Check(PoolDemand.properties.name, name)) return name;
  throw invalid('The name of a demand has small letters, digits and dashes, 64 at most.');
};

/** A repository that does not exist, or may not be launched, is an error at once and not in the log of the server. */
const readDemand = async (parts: ApiParts, request: ApiRequest): Promise<PoolDemand> => {
  const name = readName(request);
  const { provider, spec, count, seconds = DEFAULT_HOLD_SECONDS } = request.body as HoldSessions;
  const { most } = parts.waiting;
  if (count > most) throw invalid(`No more than ${most} sessions wait on this server (pool.sessions).`);
  const repository = await parts.providers.get(provider).resolve(spec, parts.stream.draining);
  parts.admission.judge(repository.canonical);
  return { name, provider, spec, count, until: parts.clock.now() + seconds * 1000 };
};

/** The operations on sessions that wait for visitors, for operators. */
export const createWaitingHandlers = (
  parts: ApiParts,
): Handlers<'listWaitingSessions' | 'holdSessions' | 'releaseSessions'> => ({
  listWaitingSessions: () => view(parts),
  holdSessions: async (request) => {
    await parts.waiting.demands.put(await readDemand(parts, request));
    return view(parts);
  },
  releaseSessions: async (request) => {
    await parts.waiting.demands.remove(readName(request));
    return view(parts);
  },
});
