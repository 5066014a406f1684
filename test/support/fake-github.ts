import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type GithubRequest = {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly etag: string;
};

export type FakeGithub = AsyncDisposable & {
  readonly apiUrl: string;
  /** What was asked, in order. */
  readonly requests: readonly GithubRequest[];
  /** Sets the commit of a ref; makes the repository where there is none. */
  setRef(repository: string, ref: string, sha: string): void;
  /** Makes a gist, its newest version first. */
  setGist(
    id: string,
    versions: readonly string[],
    facts?: { readonly public?: boolean; readonly owner?: string },
  ): void;
  /** Gives a repository another name; the old one redirects. */
  rename(from: string, to: string): void;
  /** Requests that are still allowed until `reset` (seconds since 1970). */
  limit(remaining: number, reset: number): void;
  /** Answers every request with this from now on; 0 never answers. */
  answerWith(status: number, headers?: Readonly<Record<string, string>>): void;
};

type Answer = { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> };

/** A server that speaks the part of GitHub's REST API that resolves refs: commits, entity tags, renames and limits. */
export const startFakeGithub = async (): Promise<FakeGithub> => {
  const repositories = new Map<string, Map<string, string>>();
  const renamed = new Map<string, string>();
  const requests: GithubRequest[] = [];
  const state: { limit?: { remaining: number; reset: number }; forced?: Answer } = {};

  const gists = new Map<string, unknown>();

  const findGist = (id: string, etag: string): Answer => {
    const body = gists.get(id);
    if (body === undefined) return { status: 404, body: { message: 'Not Found' } };
    const tag = `"gist-${id}"`;
    return etag === tag ? { status: 304, headers: { etag: tag } } : { status: 200, headers: { etag: tag }, body };
  };

  const find = (path: string, etag: string): Answer => {
    const [, gist] = /^\/gists\/([^/]+)$/.exec(path) ?? [];
    if (gist !== undefined) return findGist(gist, etag);
    const [, owner = '', repo = '', encodedRef = ''] = /^\/repos\/([^/]+)\/([^/]+)\/commits\/(.*)$/.exec(path) ?? [];
    const name = `${owner}/${repo}`;
    const newName = renamed.get(name.toLowerCase());
    if (newName !== undefined) return { status: 301, headers: { location: path.replace(name, newName) } };
    const refs = repositories.get(name.toLowerCase());
    if (refs === undefined) return { status: 404, body: { message: 'Not Found' } };
    if (refs.size === 0) return { status: 409, body: { message: 'Git Repository is empty.' } };
    const sha = refs.get(decodeURIComponent(encodedRef));
    if (sha === undefined) return { status: 422, body: { message: 'No commit found' } };
    const tag = `"${sha}"`;
    if (etag === tag) return { status: 304, headers: { etag: tag } };
    return { status: 200, headers: { etag: tag }, body: { sha, html_url: `https://github.com/${name}/commit/${sha}` } };
  };

  const limitHeaders = (isCounted: boolean): Record<string, string> => {
    if (state.limit === undefined) return {};
    if (isCounted && state.limit.remaining > 0) state.limit.remaining -= 1;
    return { 'x-ratelimit-remaining': String(state.limit.remaining), 'x-ratelimit-reset': String(state.limit.reset) };
  };

  const answer = (request: IncomingMessage): Answer => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const etag = request.headers['if-none-match'] ?? '';
    requests.push({ path: url.pathname, authorization: request.headers.authorization, etag });
    if (state.forced !== undefined) return state.forced;
    if (state.limit?.remaining === 0) return { status: 403, body: { message: 'limit' }, headers: limitHeaders(false) };
    const found = find(url.pathname, etag);
    return { ...found, headers: { ...found.headers, ...limitHeaders(found.status !== 304) } };
  };

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const { status, body, headers } = answer(request);
    if (status === 0) return;
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };

  const server = createServer(handle);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    setRef: (repository, ref, sha) => {
      const refs = repositories.get(repository.toLowerCase()) ?? new Map<string, string>();
      if (ref !== '') refs.set(ref, sha);
      repositories.set(repository.toLowerCase(), refs);
    },
    setGist: (id, versions, { public: isPublic = true, owner } = {}) => {
      const history = versions.map((version) => ({ version }));
      gists.set(id, { public: isPublic, history, ...(owner === undefined ? {} : { owner: { login: owner } }) });
    },
    rename: (from, to) => {
      renamed.set(from.toLowerCase(), to);
      repositories.set(to.toLowerCase(), repositories.get(from.toLowerCase()) ?? new Map());
    },
    limit: (remaining, reset) => {
      state.limit = { remaining, reset };
    },
    answerWith: (status, headers = {}) => {
      state.forced = { status, headers };
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
