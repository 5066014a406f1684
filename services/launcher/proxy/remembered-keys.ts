import { LRUCache } from 'lru-cache';
import { timingSafeEqual } from 'node:crypto';
import type { SessionKeys } from '../sessions/session-access.ts';

/** As many sessions as one machine ever has at a time. */
const MAX_SESSIONS = 2000;

const isEqual = (left: string, right: string): boolean => {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
};

const remember = (derive: (id: string) => string): ((id: string) => string) => {
  const known = new LRUCache<string, string>({ max: MAX_SESSIONS });
  return (id) => {
    const value = known.get(id) ?? derive(id);
    known.set(id, value);
    return value;
  };
};

/** The same keys, derived once for each session instead of for each of its requests. */
export const rememberKeys = (keys: SessionKeys): SessionKeys => {
  const token = remember((id) => keys.token(id));
  const cookie = remember((id) => keys.cookie(id));
  return { ...keys, token, cookie, isCookie: (id, value) => isEqual(value, cookie(id)) };
};
