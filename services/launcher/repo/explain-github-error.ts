import { SlipwayError } from '../../contracts/slipway-error.ts';
import {
  explainLimit,
  explainRef,
  explainToken,
  limitedUntil,
  type Forge,
  type ForgeHeaders,
  type ForgePlace,
} from './forge-errors.ts';

export type GithubName = ForgePlace & { readonly kind: 'repository' | 'gist' };

type RequestFailure = { readonly status?: number; readonly response?: { readonly headers: ForgeHeaders } };

const GITHUB: Forge = { name: 'GitHub', tokenSetting: 'github.accessToken' };

/**
 * What a failed request to GitHub means for a visitor. GitHub answers 404 for a repository that is missing or
 * private, 422 for a missing ref, 409 for an empty repository, 403 or 429 for its limits, 451 for a takedown.
 */
export const explainGithubError = (error: unknown, asked: GithubName, now: number): SlipwayError => {
  const failure = error as RequestFailure;
  const { kind, name } = asked;
  const until = limitedUntil({ status: failure.status, headers: failure.response?.headers }, now);
  if (until !== undefined) return explainLimit(GITHUB, { until, now }, error);
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
      return explainToken(GITHUB, error);
    default:
      return new SlipwayError('REPO_UNREACHABLE', { message: 'GitHub did not answer.', cause: error });
  }
};
