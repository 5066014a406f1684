/** Of several launchers one looks after the waiting sessions, as long as it lives; all of them claim. */
export interface PoolTurn {
  /** Whether that is this process, from now until it asks again. */
  take(): Promise<boolean>;
}

/** The turn of the one process of an installation. */
export const ownPoolTurn: PoolTurn = { take: async () => true };
