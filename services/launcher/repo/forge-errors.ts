import { SlipwayError } from '../../contracts/slipway-error.ts';

export type ForgeHeaders = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** A forge whose API is asked, and the setting of the token that it is asked with. */
export type Forge = { readonly name: string; readonly tokenSetting: string };

/** What was asked for, as a visitor names it. */
export type ForgePlace = { readonly name: string; readonly ref: string };

/** GitLab writes the same names without the x. */
const readLimit = (headers: ForgeHeaders | undefined, name: string): number =>
  Number(headers?.[`x-ratelimit-${name}`] ?? headers?.[`ratelimit-${name}`] ?? Number.NaN);

/** How many requests a forge still allows, where an answer says so. */
export const readRemaining = (headers: ForgeHeaders | undefined): number | undefined => {
  const remaining = readLimit(headers, 'remaining');
  return Number.isNaN(remaining) ? undefined : remaining;
};

/** Milliseconds since 1970 until which a forge refuses to answer, or undefined when it is not about limits. */
export const limitedUntil = (
  { status, headers }: { readonly status: number | undefined; readonly headers: ForgeHeaders | undefined },
  now: number,
): number | undefined => {
  if (status !== 403 && status !== 429) return undefined;
  const retryAfter = Number(headers?.['retry-after'] ?? Number.NaN);
  if (!Number.isNaN(retryAfter)) return now + retryAfter * 1000;
  const reset = readLimit(headers, 'reset') * 1000;
  if (readRemaining(headers) === 0) return Number.isNaN(reset) ? now : reset;
  return status === 429 ? now : undefined;
};

/** What a visitor is told while a forge answers nobody. */
export const explainLimit = (
  { name, tokenSetting }: Forge,
  { until, now }: { readonly until: number; readonly now: number },
  cause?: unknown,
): SlipwayError => {
  const minutes = Math.max(1, Math.ceil((until - now) / 60_000));
  const duration = minutes === 1 ? 'a minute' : `${minutes} minutes`;
  return new SlipwayError('REPO_RATE_LIMITED', {
    message: `${name} limits how often this server may ask; it answers again in ${duration}.`,
    hint: `Try again in ${duration}; the operator can raise the limit with a ${name} access token (${tokenSetting}).`,
    cause,
  });
};

/** What it means that a repository has not the ref that was asked for. */
export const explainRef = ({ name, ref }: ForgePlace, cause?: unknown): SlipwayError =>
  new SlipwayError('REPO_REF_NOT_FOUND', {
    message: `${name} has no branch, tag or commit of the name ${ref}.`,
    hint: `Check the spelling, or use ${name}/HEAD for the default branch, whatever its name is.`,
    cause,
  });

/** What it means that a forge refuses the token of this server. */
export const explainToken = ({ name, tokenSetting }: Forge, cause?: unknown): SlipwayError =>
  new SlipwayError('REPO_UNREACHABLE', {
    message: `${name} does not accept the access token of this server.`,
    hint: `The operator should replace ${tokenSetting}.`,
    cause,
  });
