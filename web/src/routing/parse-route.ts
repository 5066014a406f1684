/** Which page an address shows. */
export type Route =
  | { readonly kind: 'home' }
  | { readonly kind: 'sessions' }
  | { readonly kind: 'launch'; readonly provider: string; readonly spec: string }
  | { readonly kind: 'not-found' };

/** Reads `location.pathname`; the spec stays percent-encoded as the browser sent it, without trailing slashes. */
export const parseRoute = (pathname: string): Route => {
  if (pathname === '/' || pathname === '/index.html') return { kind: 'home' };
  if (pathname === '/sessions' || pathname === '/sessions/') return { kind: 'sessions' };
  const [, provider, spec] = /^\/v2\/([^/]+)\/(.*?)\/*$/.exec(pathname) ?? [];
  return provider && spec ? { kind: 'launch', provider, spec } : { kind: 'not-found' };
};
