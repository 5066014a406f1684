import { readContentQuery } from './target-path.ts';

/** The stream of a launch, with the token that the server gave the page, where it gives any, and the content of the link. */
export const makeBuildUrl = (provider: string, spec: string, search: string): string => {
  const token = document.querySelector<HTMLMetaElement>('meta[name="build-token"]')?.content ?? '';
  const query = new URLSearchParams({ ...(token === '' ? {} : { build_token: token }), ...readContentQuery(search) });
  return `/build/${provider}/${spec}${query.size === 0 ? '' : `?${query.toString()}`}`;
};
