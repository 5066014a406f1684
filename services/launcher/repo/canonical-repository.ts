import type { Settings } from '../../contracts/settings.ts';

/** The hosts of the forges that have providers of their own: HOST[:PORT]. */
export type ForgeHosts = { readonly github: string; readonly gist: string; readonly gitlab: string };

/** The forges that the settings name. */
export const readForges = ({ github, gitlab }: Pick<Settings, 'github' | 'gitlab'>): ForgeHosts => ({
  github: github.host,
  gist: github.gistHost,
  gitlab: new URL(gitlab.url).host,
});

const PUBLIC_FORGES: ForgeHosts = { github: 'github.com', gist: 'gist.github.com', gitlab: 'gitlab.com' };

const listHosts = (forges: ForgeHosts): readonly string[] =>
  [...Object.values(PUBLIC_FORGES), ...Object.values(forges)].map((host) => host.toLowerCase());

const isGist = (host: string, { gist }: ForgeHosts): boolean =>
  host === PUBLIC_FORGES.gist || host === gist.toLowerCase();

/** Percent-encodes no more and no less than is needed: `%61` and `a` are the same repository. */
const tidySegment = (segment: string): string => {
  try {
    return encodeURIComponent(decodeURIComponent(segment));
  } catch {
    return encodeURIComponent(segment);
  }
};

const readPath = ({ pathname }: URL): string => {
  const segments = pathname.split('/').filter((segment) => segment !== '');
  return segments
    .map(tidySegment)
    .join('/')
    .replace(/\.git$/i, '');
};

/**
 * One name for a repository whichever provider or spelling reaches it: `host[:port]/path`, without scheme,
 * credentials, `.git` or slashes at the end; the default port of the scheme is left out. Forges take upper and lower
 * case, and www in front, for the same; a gist is named by its id alone.
 */
export const makeCanonical = (url: URL, forges: ForgeHosts): string => {
  const host = url.host.toLowerCase().replace(/\.(?=:|$)/, '');
  const path = readPath(url);
  const forge = listHosts(forges).find((known) => host === known || host === `www.${known}`);
  if (forge === undefined) return `${host}/${path}`;
  const folded = path.toLowerCase();
  return `${forge}/${isGist(forge, forges) ? folded.split('/').slice(0, 2).at(-1) : folded}`;
};
