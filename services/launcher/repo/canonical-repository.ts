/** Hosts on which upper and lower case name the same repository. */
const isCaseInsensitive = (host: string, githubHost: string): boolean =>
  host === 'github.com' || host === githubHost.toLowerCase();

/**
 * One name for a repository whichever provider or spelling reaches it: `host[:port]/path`, without scheme,
 * credentials, `.git` or slashes at the end; the default port of the scheme is left out.
 */
export const makeCanonical = (url: URL, githubHost: string): string => {
  const host = url.host.toLowerCase().replace(/\.(?=:|$)/, '');
  const path = url.pathname
    .replace(/\/+$/, '')
    .replace(/\.git$/i, '')
    .replaceAll(/\/{2,}/g, '/');
  return `${host}${isCaseInsensitive(host, githubHost) ? path.toLowerCase() : path}`;
};
