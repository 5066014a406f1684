import type { Builder } from '../../builder/main.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';

const PAUSE_MS = 600_000;

export type SweepParts = {
  readonly builder: Pick<Builder, 'sweep'>;
  readonly clock: Clock;
  readonly logger: Logger;
};

/**
 * Looks again and again for what killed processes left in the engine, until the signal is aborted: right after a kill it
 * is too young to be told from what others work on.
 */
export const keepSwept = async ({ builder, clock, logger }: SweepParts, signal: AbortSignal): Promise<void> => {
  for (;;) {
    await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
    if (signal.aborted) return;
    try {
      const swept = await builder.sweep();
      if (swept.containers > 0 || swept.nameless > 0)
        logger.info({ ...swept }, 'what nobody can use any more was removed');
    } catch (error) {
      logger.warn({ err: error }, 'what killed processes left could not be looked for; trying again');
    }
  }
};
