import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import { createUsedCodes, type UsedCodes } from './used-codes.ts';

/** How long an entry link may wait for its click. */
const ENTRY_LIFETIME_MS = 60_000;
const ENTRY_CODE = /^(?<issued>[0-9a-z]{1,10})\.(?<nonce>[\w-]{16})\.(?<signature>[\w-]{43})$/;

/** Everything that opens a session, derived from one secret: nothing is stored but the codes used in the last minute. */
export type SessionKeys = {
  /** The Jupyter token of a session. */
  token(id: string): string;
  isToken(id: string, value: string): boolean;
  /** The value of the browser's cookie. */
  cookie(id: string): string;
  isCookie(id: string, value: string): boolean;
  /** A new entry code: for this session, for 60 seconds, for one use. */
  createEntryCode(id: string): string;
  /** Whether the code opens the session; true at most once for each code. */
  redeemEntryCode(id: string, code: string): Promise<boolean>;
};

const isEqual = (left: string, right: string): boolean => {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
};

type Signer = (purpose: 'token' | 'cookie' | 'entry', ...parts: readonly string[]) => string;

/** The purpose is part of what is signed, so that a value made for one never serves for another. */
const createSigner =
  (secret: Buffer): Signer =>
  (...parts) =>
    createHmac('sha256', secret)
      .update(['slipway', ...parts].join('\n'))
      .digest('base64url');

type SessionAccessParts = { readonly secret: Buffer; readonly clock: Clock; readonly usedCodes?: UsedCodes };

/** Makes the keys of all sessions from the secret of the installation; used codes are remembered here unless elsewhere. */
export const createSessionAccess = ({
  secret,
  clock,
  usedCodes = createUsedCodes(clock),
}: SessionAccessParts): SessionKeys => {
  const sign = createSigner(secret);
  const isCurrent = (issued: number): boolean => issued >= usedCodes.since && clock.now() - issued <= ENTRY_LIFETIME_MS;
  return {
    token: (id) => sign('token', id),
    isToken: (id, value) => isEqual(value, sign('token', id)),
    cookie: (id) => sign('cookie', id),
    isCookie: (id, value) => isEqual(value, sign('cookie', id)),
    createEntryCode: (id) => {
      const [issued, nonce] = [clock.now().toString(36), randomBytes(12).toString('base64url')];
      return [issued, nonce, sign('entry', id, issued, nonce)].join('.');
    },
    redeemEntryCode: async (id, code) => {
      const { issued = '', nonce = '', signature = '' } = ENTRY_CODE.exec(code)?.groups ?? {};
      const isOurs = isEqual(signature, sign('entry', id, issued, nonce));
      return isOurs && isCurrent(Number.parseInt(issued, 36)) && usedCodes.use(code, ENTRY_LIFETIME_MS);
    },
  };
};
