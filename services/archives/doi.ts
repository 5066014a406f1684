import { Type } from 'typebox';
import { SlipwayError } from '../contracts/slipway-error.ts';
import type { ArchiveClient } from './archive-client.ts';
import { decodePart } from './decode-part.ts';

const DOI = /^10\.\d{4,9}(?:\.\d+)*\/\S+$/;
const RESOLVERS = new Set(['doi.org', 'www.doi.org', 'dx.doi.org']);

const stripPrefix = (text: string): string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'doi:') return decodePart(text.slice('doi:'.length)).trim();
  return url !== undefined && RESOLVERS.has(url.hostname) ? decodePart(url.pathname.slice(1)) : text;
};

/** Reads `10.5281/zenodo.1234`, `doi:…` and `https://doi.org/…`; undefined for anything else. */
export const parseDoi = (text: string): string | undefined => {
  const doi = stripPrefix(text).replace(/\/+$/, '');
  return DOI.test(doi) ? doi : undefined;
};

/** The Handle System's answer, https://www.doi.org/the-identifier/resources/factsheets/doi-resolution-documentation. */
const Handle = Type.Object({
  values: Type.Array(Type.Object({ type: Type.String(), data: Type.Object({ value: Type.Unknown() }) })),
});

/** The address that a DOI leads to, as its resolver says. Throws REPO_NOT_FOUND for an unknown DOI. */
export const findDoiTarget = async (doi: string, resolverUrl: string, client: ArchiveClient): Promise<URL> => {
  const path = doi.split('/').map(encodeURIComponent).join('/');
  const url = new URL(`${resolverUrl.replace(/\/+$/, '')}/api/handles/${path}`);
  const { values } = await client.json({ url, what: `DOI ${doi}` }, Handle);
  const target = values.find(({ type }) => type === 'URL')?.data.value;
  if (typeof target === 'string' && /^https?:/.test(target) && URL.canParse(target)) return new URL(target);
  throw new SlipwayError('FETCH_FAILED', { message: `${url.host} knows no address of the DOI ${doi}.` });
};
