import type { Clock } from '../../platform/clock.ts';

/** Which entry codes were used. Promises: of all who use the same code, one is told true. */
export interface UsedCodes {
  /** Codes that are older than this may have been used without its being known: milliseconds since 1970. */
  readonly since: number;
  /** Notes the use for at least `keepMs`; whether it is the first. */
  use(code: string, keepMs: number): Promise<boolean>;
}

/** Remembers the used codes of one process, as long as it lives. */
export const createUsedCodes = (clock: Clock): UsedCodes => {
  const expiries = new Map<string, number>();
  return {
    since: clock.now(),
    use: async (code, keepMs) => {
      const now = clock.now();
      for (const [old, expiry] of expiries) if (expiry < now) expiries.delete(old);
      if (expiries.has(code)) return false;
      expiries.set(code, now + keepMs);
      return true;
    },
  };
};
