import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { EgressRules } from './egress-rules.ts';

export type IsolationKeeperParts = {
  readonly egress: Pick<EgressRules, 'repair'>;
  /** The bridge of the sessions; undefined while there is none. */
  readonly findBridge: () => Promise<string | undefined>;
  /** The sessions that wrote more than they may. */
  readonly measureDisks: () => Promise<ReadonlySet<string>>;
  readonly everySeconds: number;
  readonly clock: Clock;
  readonly logger: Logger;
};

export type IsolationKeeper = {
  /** One round: puts back rules that somebody took away, and measures the disks. */
  look(): Promise<void>;
  /** A round every few seconds until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** Throws when the last round could not put the rules in force. */
  checkEgress(): Promise<void>;
  /** The sessions that wrote more than they may, in the last round. */
  overDisk(): ReadonlySet<string>;
};

const keepRules = async ({ egress, findBridge, logger }: IsolationKeeperParts): Promise<void> => {
  const bridge = await findBridge();
  if (bridge !== undefined && (await egress.repair(bridge))) logger.info({ bridge }, 'egress rules were put in force');
};

/** Keeps in force what is not a flag of a container: an operator's firewall that is loaded anew takes rules away. */
export const createIsolationKeeper = (parts: IsolationKeeperParts): IsolationKeeper => {
  const { clock, logger, everySeconds } = parts;
  let failure: unknown;
  let over: ReadonlySet<string> = new Set();
  const lookAtRules = async (): Promise<void> => {
    failure = await keepRules(parts).then(
      () => undefined,
      (error: unknown) => error ?? new Error('unknown'),
    );
    if (failure !== undefined) logger.warn({ err: failure }, 'the egress rules could not be checked; trying again');
  };
  const lookAtDisks = async (): Promise<void> => {
    over = await parts.measureDisks().catch((error: unknown) => {
      logger.warn({ err: error }, 'the disks of the sessions could not be measured; trying again');
      return over;
    });
  };
  const look = async (): Promise<void> => void (await Promise.all([lookAtRules(), lookAtDisks()]));
  return {
    look,
    run: async (signal) => {
      while (!signal.aborted) {
        await look();
        await clock.sleep(everySeconds * 1000, signal).catch(() => undefined);
      }
    },
    checkEgress: async () => {
      if (failure !== undefined) throw failure;
    },
    overDisk: () => over,
  };
};
