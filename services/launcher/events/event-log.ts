import type { LaunchEvent } from '../../contracts/launch-event.ts';
import type { LaunchRequest } from '../../contracts/launch.ts';

/** An event and its place in its stream: 1, 2, 3, … without gaps. */
export type LoggedEvent<Event> = { readonly seq: number; readonly event: Event };

export type LaunchRecord = { readonly id: string; readonly createdAt: number; readonly request: LaunchRequest };

/**
 * The history of launches, kept across restarts. Promises: `append` is durable when it resolves and numbers events
 * without gaps; `read` yields everything after `afterSeq` in order, exactly once, waits for more, and ends after
 * the terminal event or when the signal is aborted (without throwing); any number of readers share one stream.
 * Each launch that is not over is run by one process, the one that created or adopted it; what another process has
 * to say of it is refused, unless it ends the launch.
 */
export interface EventLog {
  create(record: LaunchRecord): Promise<void>;
  find(launchId: string): Promise<LaunchRecord | undefined>;
  append(launchId: string, event: LaunchEvent): Promise<number>;
  read(launchId: string, afterSeq: number, signal: AbortSignal): AsyncGenerator<LoggedEvent<LaunchEvent>>;
  /** What was said after `afterSeq` until now. */
  list(launchId: string, afterSeq: number): Promise<readonly LoggedEvent<LaunchEvent>[]>;
  /** The last event so far. */
  last(launchId: string): Promise<LoggedEvent<LaunchEvent> | undefined>;
  /** Launches without a terminal event, whoever runs them, oldest first. */
  unfinished(): Promise<readonly LaunchRecord[]>;
  /** Those of them that no living process runs: from now on this one does. */
  adopt(): Promise<readonly LaunchRecord[]>;
  /** Gives up a launch that is not over, so that another process may adopt it at once. */
  release(launchId: string): Promise<void>;
}
