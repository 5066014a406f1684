/** Stands for any host: only what follows it is ever used. */
const ANY_HOST = 'http://session.invalid';

/**
 * Resolves a path that a stranger's link asks for (with query and fragment) below `basePath`; undefined when it would
 * lead outside. Reads it as browsers do: backslashes are slashes, and `%2e%2e` is `..`.
 */
export const resolveInside = (basePath: string, wanted: string): string | undefined => {
  const relative = wanted.replace(/^[\s/\\]+/, '');
  const url = URL.parse(`./${relative}`, `${ANY_HOST}${basePath}`);
  const isInside = url?.origin === ANY_HOST && url.pathname.startsWith(basePath);
  return isInside ? `${url.pathname}${url.search}${url.hash}` : undefined;
};
