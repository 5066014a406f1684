import type { Settings } from '../../contracts/settings.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { Clock } from '../../platform/clock.ts';
import { isWithin, makeNetworks, type NameClient } from './client-network.ts';
import type { ReadPolicy } from './policy-file.ts';
import type { Allowance, RateLimiter } from './rate-limiter.ts';

/** Who asks for a new launch. */
export type Visit = {
  readonly address: string;
  /** Whether the visit comes from a page of ours, as a valid build token shows; it is then not counted. */
  readonly hasBuildToken: boolean;
};

export type Welcome = {
  /** Names the client in what is stored; undefined for this machine itself. */
  readonly client: string | undefined;
  /** What programs read to slow down. */
  readonly headers: Readonly<Record<string, string>>;
};

/** Lets a client in before a launch exists. Throws LIMIT_CLIENT_BLOCKED and LIMIT_RATE_EXCEEDED. */
export type WelcomeClient = (visit: Visit) => Promise<Welcome>;

export type WelcomeParts = {
  readonly policy: ReadPolicy;
  readonly limiter: RateLimiter;
  readonly nameClient: NameClient;
  readonly settings: Pick<Settings['admission'], 'launches'>;
  readonly clock: Clock;
};

const checkBlocked = (policy: ReturnType<ReadPolicy>, address: string): void => {
  const block = policy.blockClients.find(({ network }) => isWithin(makeNetworks([network]), address));
  if (block === undefined) return;
  const message = block.reason ?? 'Requests from this network are refused here.';
  throw new SlipwayError('LIMIT_CLIENT_BLOCKED', { message });
};

const renderHeaders = ({ limit, remaining, resetAt }: Allowance): Record<string, string> => ({
  'x-ratelimit-limit': String(limit),
  'x-ratelimit-remaining': String(remaining),
  'x-ratelimit-reset': String(Math.ceil(resetAt / 1000)),
});

/** Makes the check at the door: blocked networks, then the rate of new launches. */
export const createWelcome =
  ({ policy, limiter, nameClient, settings, clock }: WelcomeParts): WelcomeClient =>
  async ({ address, hasBuildToken }) => {
    checkBlocked(policy(), address);
    const client = nameClient(address);
    if (hasBuildToken || client === undefined || settings.launches === 0) return { client, headers: {} };
    const allowance = await limiter.take(client);
    const headers = renderHeaders(allowance);
    if (allowance.isAllowed) return { client, headers };
    const retryAfterSeconds = Math.max(1, Math.ceil((allowance.resetAt - clock.now()) / 1000));
    throw new SlipwayError('LIMIT_RATE_EXCEEDED', {
      message: `More than ${allowance.limit} launches were asked for from this network; the next one is possible in ${retryAfterSeconds} seconds.`,
      details: { retryAfterSeconds, headers },
    });
  };
