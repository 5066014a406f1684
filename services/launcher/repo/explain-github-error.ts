import { SlipwayError } from '../../contracts/slipway-error.ts';

export type GithubHeaders = Readonly<Record<string, string | number | undefined>>;

/** What was asked for, as a visitor names it. */
export type GithubName = { readonly kind: 'repository' | 'gist'; readonly name: string; readonly ref: string };

type RequestFailure = { readonly status?: number; readonly response?: { readonly headers: GithubHeaders } };

/** How many requests GitHub still allows, where an answer says so. */
export const readRemaining = (headers: GithubHeaders | undefined): number | undefined => {
  const remaining = Number(headers?.['x-ratelimit-remaining'] ?? Number.NaN);
  return Number.isNaN(remaining) ? undefined : remaining;
};

/** Milliseconds since 1970 until which GitHub refuses to answer, or undefined when it is not about limits. */
const limitedUntil = ({ status, response }: RequestFailure, now: number): number | undefined => {
  if (status !== 403 && status !== 429) return undefined;
  const retryAfter = Number(response?.headers['retry-after'] ?? Number.NaN);
  if (!Number.isNaN(retryAfter)) return now + retryAfter * 1000;
  const reset = Number(response?.headers['x-ratelimit-reset'] ?? Number.NaN) * 1000;
  if (readRemaining(response?.headers) === 0) return Number.isNaN(reset) ? now : reset;
  return status === 429 ? now : undefined;
};

const explainLimit = (until: number, now: number, cause: unknown): SlipwayError => {
  const minutes = Math.max(1, Math.ceil((until - now) / 60_000));
  const duration = minutes === 1 ? 'a minute' : `${minutes} minutes`;
  return new SlipwayError('REPO_RATE_LIMITED', {
    message: `GitHub limits how often this server may ask; it answers again in ${duration}.`,
    hint: `Try again in ${duration}; the operator can raise the limit with a GitHub access token (github.accessToken).`,
    cause,
  });
};

const explainRef = ({ name, ref }: GithubName, cause: unknown): SlipwayError =>
  new SlipwayError('REPO_REF_NOT_FOUND', {
    message: `${name} has no branch, tag or commit of the name ${ref}.`,
    hint: `Check the spelling, or use ${name}/HEAD for the default branch, whatever its name is.`,
    cause,
  });

/**
 * What a failed request to GitHub means for a visitor. GitHub answers 404 for a repository that is missing or
 * private, 422 for a missing ref, 409 for an empty repository, 403 or 429 for its limits, 451 for a takedown.
 */
export const explainGithubError = (error: unknown, asked: GithubName, now: number): SlipwayError => {
  const failure = error as RequestFailure;
  const { kind, name } = asked;
  const until = limitedUntil(failure, now);
  if (until !== undefined) return explainLimit(until, now, error);
  switch (failure.status ?? 0) {
    case 404:
      return new SlipwayError('REPO_NOT_FOUND', {
        message: `GitHub has no public ${kind} ${name}.`,
        cause: error,
      });
    case 409:
      return new SlipwayError('REPO_REF_NOT_FOUND', {
        message: `${name} has no commits yet.`,
        hint: 'Push a first commit and launch again.',
        cause: error,
      });
    case 422:
      return explainRef(asked, error);
    case 403:
    case 451:
      return new SlipwayError('REPO_NOT_FOUND', { message: `GitHub gives no access to ${name}.`, cause: error });
    case 401:
      return new SlipwayError('REPO_UNREACHABLE', {
        message: 'GitHub does not accept the access token of this server.',
        hint: 'The operator should replace github.accessToken.',
        cause: error,
      });
    default:
      return new SlipwayError('REPO_UNREACHABLE', { message: 'GitHub did not answer.', cause: error });
  }
};
