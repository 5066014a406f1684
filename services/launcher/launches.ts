import { randomBytes } from 'node:crypto';
import { isTerminal, type LaunchEvent } from '../contracts/launch-event.ts';
import type { LaunchRequest } from '../contracts/launch.ts';
import { SlipwayError } from '../contracts/slipway-error.ts';
import type { Logger } from '../platform/logger.ts';
import type { Tracer } from '../platform/tracing.ts';
import type { OpenAttendance } from './attendance.ts';
import type { EventLog, LaunchRecord, LoggedEvent } from './events/event-log.ts';
import { makeLaunchLogName } from './events/launch-log-name.ts';
import { makeFailedEvent, makeProgressEvent } from './events/make-launch-event.ts';
import { createLaunchMeasure } from './events/measure-launch.ts';
import { createLaunchTrace } from './events/trace-launch.ts';
import { runLaunch, type LaunchParts } from './launch-pipeline.ts';
import type { Metrics } from './metrics.ts';

export type LaunchServiceParts = Omit<LaunchParts, 'onFailure'> & {
  readonly events: EventLog;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Told of launches that are over, where a tracer is set. */
  readonly tracer?: Tracer | undefined;
  /** Says when a launch goes on that nobody follows any more. */
  readonly openAttendance: OpenAttendance;
};

export type LaunchService = {
  /** Starts a launch. It goes on while somebody follows it, and for the grace period; an unattended one whoever does. */
  start(request: LaunchRequest): Promise<LaunchRecord>;
  find(launchId: string): Promise<LaunchRecord | undefined>;
  /** What was said after `afterSeq` until now. Throws LAUNCH_NOT_FOUND. */
  list(launchId: string, afterSeq: number): Promise<readonly LoggedEvent<LaunchEvent>[]>;
  /** The last event so far. Throws LAUNCH_NOT_FOUND. */
  last(launchId: string): Promise<LoggedEvent<LaunchEvent> | undefined>;
  /** Ends a launch, with all that it started, unless it is over; resolves when nothing of it is left. Throws LAUNCH_NOT_FOUND. */
  cancel(launchId: string): Promise<void>;
  /**
   * What the launch says after the event `afterSeq`; ends after its last event or when the signal is aborted.
   * Throws LAUNCH_NOT_FOUND.
   */
  follow(launchId: string, afterSeq: number, signal: AbortSignal): AsyncGenerator<LoggedEvent<LaunchEvent>>;
  /** When the oldest launch that this process runs was started: milliseconds since 1970. */
  oldest(): number | undefined;
  /** Goes on with the launches that no process runs any more; gives their number. Call it again and again. */
  resumeUnfinished(): Promise<number>;
  /** Aborts all launches and waits for them. They stay unfinished, so that another process goes on with them. */
  stop(): Promise<void>;
};

/** After the last event that a launch can have: reading from there on yields nothing, and ends with the launch. */
const BEYOND = Number.MAX_SAFE_INTEGER;

/** A visitor who waited longer than this for the server to come back has left. */
const RESUME_WITHIN_MS = 3_600_000;

/** 128 random bits: whoever knows the id of a launch may follow it into its session. */
const makeLaunchId = (): string => randomBytes(16).toString('base64url');

const describeFailure = (launch: LaunchRecord, error: SlipwayError) => ({
  launch: makeLaunchLogName(launch.id),
  code: error.code,
  details: error.details,
  ...(error.cause === undefined ? {} : { err: error.cause }),
});

const logFailure = (log: Logger, launch: LaunchRecord, error: SlipwayError): void => {
  const facts = describeFailure(launch, error);
  if (error.code === 'LAUNCH_INTERNAL') log.error(facts, 'launch failed inside');
  else log.info(facts, 'launch failed');
};

type Run = { readonly done: Promise<void>; readonly cancelling: AbortController; readonly createdAt: number };

type Watched = { readonly launchId: string; readonly cancelling: AbortController };

/** Whoever ends a launch in the log has cancelled it: perhaps another process. */
const cancelAtEnd = async (
  { events, log }: LaunchServiceParts,
  { launchId, cancelling }: Watched,
  signal: AbortSignal,
): Promise<void> => {
  try {
    for await (const _event of events.read(launchId, BEYOND, signal)) return;
    cancelling.abort();
  } catch (error) {
    if (!signal.aborted) log.warn({ launch: makeLaunchLogName(launchId), err: error }, 'launch is not watched');
  }
};

/** Runs one launch to its end and writes down what it says. */
const createRecorder = (parts: LaunchServiceParts) => {
  const { events, clock, metrics, log, providers } = parts;
  const onFailure = (launch: LaunchRecord, error: SlipwayError): void => logFailure(log, launch, error);

  return async (launch: LaunchRecord, signal: AbortSignal): Promise<void> => {
    const { provider } = launch.request.repo;
    const label = providers.has(provider) ? provider : 'unknown';
    const trace = parts.tracer && createLaunchTrace(parts.tracer, launch);
    const measure = createLaunchMeasure({ metrics, provider: label, startedAt: clock.now() });
    for await (const event of runLaunch({ ...parts, onFailure }, launch, signal)) {
      await events.append(launch.id, event);
      measure(event);
      trace?.(event);
    }
  };
};

/** Runs launches detached from their visitors, writes down what they say, and owns them until they are over. */
const createRunner = (parts: LaunchServiceParts, stopping: AbortSignal, onOver: (launchId: string) => void) => {
  const { events, metrics, log } = parts;
  const running = new Map<string, Run>();
  const record = createRecorder(parts);
  const run = async (launch: LaunchRecord, cancelled: AbortSignal): Promise<void> => {
    metrics.add('binderhub_inprogress_launches', 1);
    try {
      await record(launch, AbortSignal.any([stopping, cancelled]));
    } catch (error) {
      if (!stopping.aborted && !cancelled.aborted)
        log.error({ launch: makeLaunchLogName(launch.id), err: error }, 'launch could not be recorded');
    } finally {
      metrics.add('binderhub_inprogress_launches', -1);
    }
    if (stopping.aborted) await events.release(launch.id);
  };
  return {
    run: (launch: LaunchRecord): void => {
      const [cancelling, over] = [new AbortController(), new AbortController()];
      void cancelAtEnd(parts, { launchId: launch.id, cancelling }, over.signal);
      const done = run(launch, cancelling.signal).finally(() => {
        over.abort();
        running.delete(launch.id);
        onOver(launch.id);
      });
      running.set(launch.id, { done, cancelling, createdAt: launch.createdAt });
    },
    /** The reason tells a launch that is given up from a process that stops. */
    cancel: async (launchId: string, reason: SlipwayError): Promise<void> => {
      const found = running.get(launchId);
      found?.cancelling.abort(reason);
      await found?.done;
    },
    oldest: (): number | undefined =>
      running.size === 0 ? undefined : Math.min(...[...running.values()].map(({ createdAt }) => createdAt)),
    settled: async (): Promise<void> => {
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
};

/** The event log for those who ask for one launch: what does not exist is LAUNCH_NOT_FOUND. */
const createReader = ({ events }: Pick<LaunchServiceParts, 'events'>) => {
  const requireLaunch = async (launchId: string): Promise<void> => {
    if ((await events.find(launchId)) === undefined) throw new SlipwayError('LAUNCH_NOT_FOUND');
  };
  return {
    follow: async function* follow(launchId: string, afterSeq: number, signal: AbortSignal) {
      await requireLaunch(launchId);
      yield* events.read(launchId, afterSeq, signal);
    },
    list: async (launchId: string, afterSeq: number) => {
      await requireLaunch(launchId);
      return events.list(launchId, afterSeq);
    },
    last: async (launchId: string) => {
      await requireLaunch(launchId);
      return events.last(launchId);
    },
  };
};

type Reader = ReturnType<typeof createReader>;

/** Runs launches for as long as somebody follows them, or whoever does where nobody needs to. */
const createFlights = (parts: LaunchServiceParts, reader: Reader, stopping: AbortSignal) => {
  const { events, clock, log, openAttendance } = parts;
  const end = async (launchId: string, reason: SlipwayError): Promise<void> => {
    await runner.cancel(launchId, reason);
    const last = await reader.last(launchId);
    if (last !== undefined && isTerminal(last.event)) return;
    await events.append(launchId, makeFailedEvent(reason, clock.now()));
  };
  const onAbandoned = (launchId: string): void => {
    end(launchId, new SlipwayError('LAUNCH_ABANDONED')).catch((error: unknown) => {
      log.error({ launch: makeLaunchLogName(launchId), err: error }, 'a launch could not be given up');
    });
  };
  const attendance = openAttendance(onAbandoned);
  const runner = createRunner(parts, stopping, (launchId) => attendance.dismiss(launchId));
  return {
    run: (launch: LaunchRecord): void => {
      if (launch.request.unattended !== true) attendance.expect(launch.id);
      runner.run(launch);
    },
    end,
    attend: (launchId: string) => attendance.attend(launchId),
    oldest: runner.oldest,
    settled: runner.settled,
  };
};

/** Starts, remembers and goes on with launches. */
export const createLaunchService = (parts: LaunchServiceParts): LaunchService => {
  const { events, clock } = parts;
  const stopping = new AbortController();
  const reader = createReader(parts);
  const flights = createFlights(parts, reader, stopping.signal);

  const resume = async (launch: LaunchRecord): Promise<void> => {
    const now = clock.now();
    if (now - launch.createdAt > RESUME_WITHIN_MS) {
      await events.append(launch.id, makeFailedEvent(new SlipwayError('LAUNCH_INTERRUPTED'), now));
      return;
    }
    await events.append(launch.id, makeProgressEvent('waiting', 'The server was restarted; going on.', now));
    flights.run(launch);
  };

  return {
    start: async (request) => {
      const launch = { id: makeLaunchId(), createdAt: clock.now(), request };
      await events.create(launch);
      flights.run(launch);
      return launch;
    },
    find: (launchId) => events.find(launchId),
    ...reader,
    follow: async function* follow(launchId, afterSeq, signal) {
      using _follower = flights.attend(launchId);
      yield* reader.follow(launchId, afterSeq, signal);
    },
    cancel: (launchId) => flights.end(launchId, new SlipwayError('LAUNCH_CANCELLED')),
    oldest: flights.oldest,
    resumeUnfinished: async () => {
      const adopted = await events.adopt();
      for (const launch of adopted) await resume(launch);
      return adopted.length;
    },
    stop: async () => {
      stopping.abort();
      await flights.settled();
    },
  };
};
