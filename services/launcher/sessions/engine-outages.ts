import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Clock } from '../../platform/clock.ts';
import type { DockerEngine } from '../../platform/docker-engine.ts';

/** The times when the container engine was away, as this process saw them. */
export type EngineOutages = {
  /** Whether the engine was away at this time, or about to go or to come. */
  covers(time: number): boolean;
  /** Watches the engine until the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
};

type Outage = { readonly from: number; until: number };

/** An engine that goes ends its connections and its containers at about the same time. */
const MARGIN_MS = 2000;
const RETRY_MS = 500;
/** What ended longer ago than the last few outages has been recorded. */
const MAX_OUTAGES = 20;

/** Waits until the engine breaks off a connection on which it would say what happens to itself, which is hardly ever anything. */
const untilGone = async (engine: DockerEngine, onOpen: () => void, signal: AbortSignal): Promise<void> => {
  const events = (await engine.getEvents({ filters: { type: ['daemon'] }, abortSignal: signal })) as Readable;
  try {
    onOpen();
    events.on('error', () => undefined).resume();
    await once(events, 'close', { signal });
  } finally {
    events.destroy();
  }
};

/** Keeps one connection to the engine open: the engine does not say later when it was started. */
export const watchEngineOutages = (engine: DockerEngine, clock: Clock): EngineOutages => {
  const outages: Outage[] = [];
  const endOutage = (): void => {
    const last = outages.at(-1);
    if (last?.until === Infinity) last.until = clock.now();
  };
  const beginOutage = (): void => {
    if (outages.at(-1)?.until === Infinity) return;
    outages.push({ from: clock.now(), until: Infinity });
    outages.splice(0, outages.length - MAX_OUTAGES);
  };
  return {
    covers: (time) => outages.some(({ from, until }) => time >= from - MARGIN_MS && time <= until + MARGIN_MS),
    run: async (signal) => {
      while (!signal.aborted) {
        await untilGone(engine, endOutage, signal).catch(() => undefined);
        if (signal.aborted) return;
        beginOutage();
        await clock.sleep(RETRY_MS, signal).catch(() => undefined);
      }
    },
  };
};
