import { startAnsweringServer, type Answer, type AskedRequest } from './answering-server.ts';

/** A project as GitLab knows it: by a number, and by a path that can change. */
type Project = { readonly id: number; path: string; readonly refs: Map<string, string>; readonly isPrivate: boolean };

export type FakeGitlab = AsyncDisposable & {
  readonly url: string;
  /** What was asked, in order. */
  readonly asked: readonly AskedRequest[];
  /** Sets the commit of a ref; makes the project where there is none. */
  setRef(project: string, ref: string, sha: string): void;
  /** Makes a project that only those with a token see. */
  setPrivate(project: string): void;
  /** Gives a project another path; the old one redirects to its number. */
  move(from: string, to: string): void;
  /** Takes this token, and refuses every other one. */
  takeToken(token: string): void;
  /** Answers every request with this from now on. */
  answerWith(answer: Answer): void;
};

const COMMIT = /^\/api\/v4\/projects\/([^/]+)\/repository\/commits\/([^/?]+)(\?.*)?$/;

const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** The beginning of a commit's id names it as git does, from four digits on. */
const findSha = ({ refs }: Project, ref: string): string | undefined =>
  refs.get(ref) ?? (/^[0-9a-f]{4,}$/.test(ref) ? [...refs.values()].find((sha) => sha.startsWith(ref)) : undefined);

/** A server that speaks the part of GitLab's REST API that resolves refs: commits, moved and private projects, tokens. */
export const startFakeGitlab = async (): Promise<FakeGitlab> => {
  const projects: Project[] = [];
  const moved = new Map<string, Project>();
  const state: { token?: string; forced?: Answer } = {};

  const findProject = (name: string): Project | undefined =>
    projects.find(({ path, id }) => [path, `${id}`].includes(name));
  const makeProject = (path: string, isPrivate = false): Project => {
    const made = { id: projects.length + 1, path, refs: new Map<string, string>(), isPrivate };
    projects.push(made);
    return made;
  };

  const answer = ({ path, headers: { host = '', authorization } }: AskedRequest): Answer => {
    if (state.forced !== undefined) return state.forced;
    const isKnown = state.token !== undefined && authorization === `Bearer ${state.token}`;
    if (authorization !== undefined && !isKnown) return json(401, { message: '401 Unauthorized' });
    const [, name = '', ref = '', query = ''] = COMMIT.exec(path) ?? [];
    const project = findProject(decodeURIComponent(name));
    const away = moved.get(decodeURIComponent(name));
    if (project === undefined && away !== undefined) {
      const location = `http://${host}/api/v4/projects/${away.id}/repository/commits/${ref}${query}`;
      return json(301, { message: 'This resource has been moved permanently to another URL.' }, { location });
    }
    if (project === undefined || (project.isPrivate && !isKnown))
      return json(404, { message: '404 Project Not Found' });
    const sha = findSha(project, decodeURIComponent(ref));
    if (sha === undefined) return json(404, { message: '404 Commit Not Found' });
    return json(200, { id: sha, web_url: `http://${host}/${project.path}/-/commit/${sha}` });
  };

  const server = await startAnsweringServer(answer);
  return {
    url: server.origin,
    asked: server.asked,
    setRef: (project, ref, sha) => void (findProject(project) ?? makeProject(project)).refs.set(ref, sha),
    setPrivate: (project) => void makeProject(project, true),
    move: (from, to) => {
      const project = findProject(from);
      if (project === undefined) throw new Error(`there is no project ${from}`);
      moved.set(from, project);
      project.path = to;
    },
    takeToken: (token) => {
      state.token = token;
    },
    answerWith: (forced) => {
      state.forced = forced;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};
