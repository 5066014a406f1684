import { type AddressReading, type OpenTarget, decodeText, refuse } from './repository-address.ts';

// Only BinderHub's provider names, so that a repository that happens to live below /v2/ is not taken for a link.
const LAUNCH_PATH = /(?:^|\/)v2\/(gh|gist|git|gl|zenodo|figshare|hydroshare|dataverse|ckan)\/(.+)$/;

type Split = { readonly repo: string; readonly ref: string };

/** How many path segments name the repository; the rest is the ref. Zero: all of them. */
const REPOSITORY_SEGMENTS: Readonly<Record<string, number>> = { gh: 2, gist: 2, git: 1, gl: 1 };

const splitPlainUrl = (spec: string): Split => {
  const cut = spec.lastIndexOf('/');
  return { repo: spec.slice(0, cut), ref: spec.slice(cut + 1) };
};

const splitSpec = (provider: string, spec: string): Split => {
  if (/^https?:\/\//i.test(spec)) return splitPlainUrl(spec);
  const segments = spec.split('/');
  const count = REPOSITORY_SEGMENTS[provider] ?? segments.length;
  const join = (parts: readonly string[]): string => parts.map(decodeText).join('/');
  return { repo: join(segments.slice(0, count)), ref: join(segments.slice(count)) };
};

const isRepository = (provider: string, repo: string): boolean => {
  if (provider === 'gh') return /^[^/]+\/[^/]+$/.test(repo);
  return provider === 'git' ? /^https?:\/\/[^/]+\/./i.test(repo) : repo !== '';
};

const readOpenTarget = (query: string): OpenTarget | undefined => {
  const given = new URLSearchParams(query);
  const file = given.get('labpath') || given.get('filepath');
  if (file) return { kind: 'file', value: file };
  const url = given.get('urlpath');
  return url ? { kind: 'url', value: url } : undefined;
};

/** Whether a path is that of a launch link, whatever stands in front of `/v2/`. */
export const isLaunchPath = (pathname: string): boolean => LAUNCH_PATH.test(pathname);

/** Reads the path and query of an existing launch link, ours or a BinderHub's. */
export const parseLaunchAddress = (pathAndQuery: string): AddressReading => {
  const [pathname = '', query = ''] = pathAndQuery.split(/\?(.*)/s);
  const [, provider, spec] = LAUNCH_PATH.exec(pathname) ?? [];
  if (provider === undefined || spec === undefined) {
    return refuse('This launch link is not complete. It reads /v2/gh/owner/repository/branch.');
  }
  const { repo, ref } = splitSpec(provider, spec.replace(/\/+$/, ''));
  if (!isRepository(provider, repo)) {
    return refuse('This launch link names no repository. It reads /v2/gh/owner/repository/branch.');
  }
  const path = readOpenTarget(query.replace(/#.*$/s, ''));
  return { ok: true, address: { provider, repo, ...(ref !== '' && { ref }), ...(path && { path }) } };
};
