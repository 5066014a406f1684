import type { ContentRequest } from '../../contracts/launch.ts';
import type { RepoSpec } from '../../contracts/repository.ts';

/** What of a launch link says which files the session is to have. */
export type ContentQuery = { readonly content?: unknown; readonly urlpath?: unknown };

const GIT_PULL = /^\/*git-pull\/*\?(?<query>.*)$/s;

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** `<provider>/<spec>`; what is wrong with it is said by the provider, in the launch. */
const parseRepo = (content: string): RepoSpec => {
  const trimmed = content.replace(/^\/+|\/+$/g, '');
  const slash = trimmed.indexOf('/');
  return slash < 0
    ? { provider: trimmed, spec: '' }
    : { provider: trimmed.slice(0, slash), spec: trimmed.slice(slash + 1) };
};

/** The last part of an address, as git names the directory of a clone. */
const nameDirectory = (address: string): string =>
  address
    .replace(/[?#].*$/s, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split('/')
    .at(-1) ?? '';

const givenPath = (path: string) => (path === '' ? {} : { path });

/** A link of nbgitpuller, whose query is a value of the query of the launch link: repo, branch, urlpath, targetpath. */
const readGitPull = (query: string): ContentRequest => {
  const given = new URLSearchParams(query);
  const either = (...names: string[]): string => names.map((name) => given.get(name)).find(Boolean) ?? '';
  const address = either('repo');
  const spec = `${encodeURIComponent(address)}/${encodeURIComponent(either('branch') || 'HEAD')}`;
  return {
    repo: { provider: 'git', spec },
    directory: either('targetpath', 'targetPath') || nameDirectory(address),
    ...givenPath(either('urlpath', 'urlPath')),
    isGitPull: true,
  };
};

/** The content that a launch link asks for, beside the repository whose environment it opens; undefined: none. */
export const readContentLink = ({ content, urlpath }: ContentQuery): ContentRequest | undefined => {
  const asked = asText(content);
  if (asked !== '') return { repo: parseRepo(asked), ...givenPath(asText(urlpath)) };
  const query = GIT_PULL.exec(asText(urlpath))?.groups?.['query'];
  return query === undefined ? undefined : readGitPull(query);
};
