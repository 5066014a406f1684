/** When each session was used last, by id: milliseconds since 1970. */
export type LastUses = ReadonlyMap<string, number>;

/**
 * What the launchers know of the use of sessions. Promises: `exchange` tells the others what this process saw, and
 * gives the latest use of the same sessions that any of them saw.
 */
export interface SharedActivity {
  exchange(seen: LastUses): Promise<LastUses>;
}

/** For the one launcher that there is: nobody else saw anything. */
export const ownActivity: SharedActivity = { exchange: async (seen) => seen };
