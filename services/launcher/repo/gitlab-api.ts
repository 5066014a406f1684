import type { IncomingMessage } from 'node:http';
import { Type, type Static } from 'typebox';
import { readJson } from '../../archives/read-json.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { Clock } from '../../platform/clock.ts';
import type { GuardedRequest } from '../../platform/guarded-request.ts';
import { explainLimit, explainRef, explainToken, limitedUntil, type Forge } from './forge-errors.ts';
import { refuseHost } from './resolve-git-ref.ts';

export type GitlabApiParts = {
  readonly settings: { readonly url: string; readonly accessToken: string };
  readonly request: GuardedRequest;
  readonly clock: Pick<Clock, 'now'>;
  readonly timeoutMs?: number;
};

/** A ref of a project, which is named by its path. */
export type GitlabPlace = { readonly project: string; readonly ref: string };

/** What is read of a commit; `web_url` is the address of its page. */
const Commit = Type.Object({ id: Type.String(), web_url: Type.Optional(Type.String()) });

/** Asks GitLab's API for the commit of a ref. Throws SlipwayError with a REPO_ code. */
export type GitlabApi = (place: GitlabPlace, signal: AbortSignal) => Promise<Static<typeof Commit>>;

/** Both a project and a ref that are missing are 404; the message tells them apart. */
const Refusal = Type.Object({ message: Type.Optional(Type.Unknown()) });

const GITLAB: Forge = { name: 'GitLab', tokenSetting: 'gitlab.accessToken' };

const TIMEOUT_MS = 20_000;

type Asked = GitlabPlace & { readonly host: string; readonly hasToken: boolean; readonly now: number };

/** GitLab answers 404 for a project that is private as for one that is missing, and 403 where its files are not public. */
const explainAnswer = async (response: IncomingMessage, asked: Asked): Promise<SlipwayError> => {
  const { project, ref, host, hasToken, now } = asked;
  const { statusCode: status, headers } = response;
  const until = limitedUntil({ status, headers }, now);
  if (until !== undefined) return explainLimit(GITLAB, { until, now });
  if (status === 401 && hasToken) return explainToken(GITLAB);
  if (status === 401 || status === 403)
    return new SlipwayError('REPO_NOT_FOUND', { message: `${host} gives no access to ${project}.` });
  if (status !== 404) return new SlipwayError('REPO_UNREACHABLE', { message: `${host} answered ${status}.` });
  const { message } = await readJson(response, Refusal, host);
  if (!/project/i.test(String(message))) return explainRef({ name: project, ref });
  return new SlipwayError('REPO_NOT_FOUND', { message: `${host} has no public project ${project}.` });
};

/**
 * Makes what asks GitLab's API. No entity tags of earlier answers are sent: an answer that has not changed counts
 * towards GitLab's limits as any other does.
 */
export const createGitlabApi = ({ settings, request, clock, timeoutMs = TIMEOUT_MS }: GitlabApiParts): GitlabApi => {
  const { origin, host } = new URL(settings.url);
  const hasToken = settings.accessToken !== '';
  // Takes personal, group and project tokens as well as those of OAuth.
  const headers = hasToken ? { authorization: `Bearer ${settings.accessToken}` } : {};

  const ask = async (place: GitlabPlace, signal: AbortSignal) => {
    const [project, ref] = [encodeURIComponent(place.project), encodeURIComponent(place.ref)];
    const url = new URL(`${origin}/api/v4/projects/${project}/repository/commits/${ref}?stats=false`);
    const response = await request(url, { signal, headers }).catch(refuseHost);
    try {
      if (response.statusCode === 200) return await readJson(response, Commit, host);
      throw await explainAnswer(response, { ...place, host, hasToken, now: clock.now() });
    } finally {
      response.destroy();
    }
  };
  return async (place, signal) => {
    const limit = AbortSignal.timeout(timeoutMs);
    try {
      return await ask(place, AbortSignal.any([signal, limit]));
    } catch (error) {
      signal.throwIfAborted();
      if (limit.aborted)
        throw new SlipwayError('REPO_UNREACHABLE', { message: `${host} did not answer in time.`, cause: error });
      if (error instanceof SlipwayError && error.code !== 'FETCH_FAILED') throw error;
      throw new SlipwayError('REPO_UNREACHABLE', { message: `${host} did not answer as GitLab does.`, cause: error });
    }
  };
};
