import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import { readRawSegments } from './raw-path.ts';

/** What a token is good for: launches of one link, started from pages of one host. */
export type BuildTokenClaims = { readonly aud: string; readonly origin: string };

export type BuildTokens = {
  mint(claims: BuildTokenClaims): string;
  isValid(token: string, claims: BuildTokenClaims): boolean;
};

type Parts = { readonly secret: Buffer; readonly seconds: number; readonly clock: Pick<Clock, 'now'> };

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const HEADER = encode({ alg: 'HS256', typ: 'JWT' });

const readPayload = (text: string): Partial<BuildTokenClaims & { exp: number }> => {
  try {
    return (JSON.parse(Buffer.from(text, 'base64url').toString()) ?? {}) as Partial<BuildTokenClaims>;
  } catch {
    return {};
  }
};

/** A link is the same with and without slashes at its end. */
const trim = (aud: string): string => aud.replace(/\/+$/, '');

/** Makes and checks the tokens of launch pages: JSON Web Tokens (RFC 7519) with a key derived from the secret. */
export const createBuildTokens = ({ secret, seconds, clock }: Parts): BuildTokens => {
  const key = createHmac('sha256', secret).update('slipway\nbuild token').digest();
  const sign = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  return {
    mint: ({ aud, origin }) => {
      const exp = Math.floor(clock.now() / 1000) + seconds;
      const signed = `${HEADER}.${encode({ exp, aud, origin })}`;
      return `${signed}.${sign(signed).toString('base64url')}`;
    },
    isValid: (token, { aud, origin }) => {
      const [header = '', payload = '', signature = ''] = token.split('.');
      const given = Buffer.from(signature, 'base64url');
      const wanted = sign(`${header}.${payload}`);
      if (header !== HEADER || given.length !== wanted.length || !timingSafeEqual(given, wanted)) return false;
      const claims = readPayload(payload);
      return (
        trim(claims.aud ?? '') === trim(aud) && claims.origin === origin && Number(claims.exp) * 1000 > clock.now()
      );
    },
  };
};

/** The host of the page that asks: that of the Origin header, else the one that is asked. */
const readOrigin = ({ headers }: FastifyRequest): string =>
  headers.origin === undefined ? (headers.host ?? '') : (URL.parse(headers.origin)?.host ?? '');

/** The claims of a request to `/v2/…` or `/build/…`: the link as it was sent, percent-encoded, and its host. */
export const readClaims = (request: FastifyRequest): BuildTokenClaims => ({
  aud: readRawSegments(request).slice(1).join('/'),
  origin: readOrigin(request),
});
