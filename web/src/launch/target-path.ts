/** The page of the session that a launch link asks for. */
export type Target = {
  /** Relative to the session's address, ready to be resolved: without a leading slash, percent-encoded. */
  readonly path: string;
  /** What the link asked for and does not get, because it leads out of the session. */
  readonly refused?: string;
};

const HOME = 'lab';
// Stands for the session: what resolves below it stays inside wherever the session really lives.
const SESSION = 'http://session.invalid/s/id/';

// The result is resolved once more, by the server: it must not read as a root or as a scheme then.
const LEADS_ELSEWHERE = /^[/\\]|^[^/?#]*:/;

const encodePath = (path: string): string =>
  path
    .replace(/^\/+|\/+$/g, '')
    .split('/')
    .map(encodeURIComponent)
    .join('/');

/** Resolves a path as a browser would; undefined when it leads out of the session. */
export const resolveInSession = (path: string): string | undefined => {
  const relative = path.replace(/^[\s/\\]+/, '');
  if (!URL.canParse(relative, SESSION)) return undefined;
  const { href } = new URL(relative, SESSION);
  const inside = href.startsWith(SESSION) ? href.slice(SESSION.length) : undefined;
  return inside === undefined || LEADS_ELSEWHERE.test(inside) ? undefined : inside;
};

const readAsked = (query: URLSearchParams): string | undefined => {
  const labpath = query.get('labpath');
  if (labpath) return `doc/tree/${encodePath(labpath)}`;
  const filepath = query.get('filepath');
  if (filepath) return `tree/${encodePath(filepath)}`;
  return query.get('urlpath') || undefined;
};

/**
 * Reads `labpath`, `filepath` and `urlpath` of a launch link; the first of them that is there wins. A target
 * outside of the session is replaced by JupyterLab's start page.
 */
export const readTarget = (search: string): Target => {
  const asked = readAsked(new URLSearchParams(search));
  if (asked === undefined) return { path: HOME };
  const path = resolveInSession(asked);
  return path === undefined ? { path: HOME, refused: asked } : { path: path || HOME };
};

/** What the server has to know of a link that brings content along: `content`, or a link of nbgitpuller. */
export const readContentQuery = (search: string): Record<string, string> => {
  const query = new URLSearchParams(search);
  const content = query.get('content') ?? '';
  const asked = readAsked(query) ?? '';
  const isNeeded = content !== '' || /^\/*git-pull\/*\?/.test(asked);
  return {
    ...(content === '' ? {} : { content }),
    ...(isNeeded && asked !== '' ? { urlpath: asked } : {}),
  };
};

/** The address that opens the target by a single-use entry address of the server. */
export const makeEntryUrl = (enterUrl: string, path: string): string =>
  `${enterUrl}${enterUrl.includes('?') ? '&' : '?'}path=${encodeURIComponent(path)}`;
