/** One name for all sessions: each cookie is limited to the path of its session. */
const COOKIE_NAME = 'slipway-session';

const split = (header: string): string[] =>
  header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '');

const isOurs = (pair: string): boolean => pair.startsWith(`${COOKIE_NAME}=`);

/** Every value of our cookie: a session may have set one of the same name for more paths, so one is not enough. */
export const readSessionCookies = (header: string | undefined): string[] =>
  split(header ?? '')
    .filter(isOurs)
    .map((pair) => pair.slice(COOKIE_NAME.length + 1));

/** The header without our cookie; undefined when nothing is left. */
export const stripSessionCookies = (header: string | undefined): string | undefined => {
  const others = split(header ?? '').filter((pair) => !isOurs(pair));
  return others.length === 0 ? undefined : others.join('; ');
};

type CookieOptions = { readonly value: string; readonly path: string; readonly isSecure: boolean };

/** A cookie that scripts cannot read, that other sites' requests do not carry, and that the browser forgets. */
export const renderSessionCookie = ({ value, path, isSecure }: CookieOptions): string =>
  `${COOKIE_NAME}=${value}; Path=${path}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
