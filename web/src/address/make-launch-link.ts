import type { OpenTarget, RepositoryAddress } from './repository-address.ts';

// encodeURIComponent leaves these alone, but a parenthesis ends a link in Markdown and a quote one in HTML.
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

const encodeSegments = (text: string): string => text.split('/').map(encode).join('/');

const makeQuery = (path: OpenTarget | undefined): string => {
  if (path === undefined || path.value === '') return '';
  const key = path.kind === 'file' ? 'labpath' : 'urlpath';
  return `?${key}=${encodeSegments(path.value)}`;
};

/**
 * Makes the path and query of a launch link. `urlEncode` says that the repository is one path segment, as the
 * provider's display asks for.
 */
export const makeLaunchLink = (address: RepositoryAddress, urlEncode: boolean): string => {
  const repo = urlEncode ? encode(address.repo) : encodeSegments(address.repo);
  const ref = address.ref === undefined ? '' : `/${encodeSegments(address.ref)}`;
  return `/v2/${encode(address.provider)}/${repo}${ref}${makeQuery(address.path)}`;
};
