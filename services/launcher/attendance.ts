import type { Clock } from '../platform/clock.ts';

/**
 * Who follows which launch, at whichever process. Promises: a launch that this process expects somebody to follow is
 * abandoned, once, when nobody has followed it for the grace period; whoever comes back in time finds it as it was. A
 * process that was killed has no followers.
 */
export type Attendance = {
  /** Begins to wait for followers of a launch. */
  expect(launchId: string): void;
  /** Counts one follower of a launch that is expected, until it is disposed of. */
  attend(launchId: string): Disposable;
  /** Nobody needs to follow the launch any more. */
  dismiss(launchId: string): void;
};

/** Begins to keep attendance; it tells of launches that were abandoned. */
export type OpenAttendance = (onAbandoned: (launchId: string) => void) => Attendance;

export type AttendanceParts = {
  readonly graceMs: number;
  readonly clock: Clock;
  readonly onAbandoned: (launchId: string) => void;
};

type Audience = { followers: number; leaving: AbortController };

/** Counts the followers in this process. */
export const createAttendance = ({ graceMs, clock, onAbandoned }: AttendanceParts): Attendance => {
  const audiences = new Map<string, Audience>();

  const wait = async (launchId: string, audience: Audience): Promise<void> => {
    const { signal } = audience.leaving;
    await clock.sleep(graceMs, signal).catch(() => undefined);
    if (signal.aborted || audiences.get(launchId) !== audience) return;
    audiences.delete(launchId);
    onAbandoned(launchId);
  };
  const empty = (launchId: string, audience: Audience): void => {
    audience.leaving = new AbortController();
    void wait(launchId, audience);
  };
  return {
    expect: (launchId) => {
      const audience = { followers: 0, leaving: new AbortController() };
      audiences.set(launchId, audience);
      empty(launchId, audience);
    },
    attend: (launchId) => {
      const audience = audiences.get(launchId);
      if (audience === undefined) return { [Symbol.dispose]: () => undefined };
      audience.followers += 1;
      audience.leaving.abort();
      return {
        [Symbol.dispose]: () => {
          audience.followers -= 1;
          if (audience.followers === 0 && audiences.get(launchId) === audience) empty(launchId, audience);
        },
      };
    },
    dismiss: (launchId) => {
      audiences.get(launchId)?.leaving.abort();
      audiences.delete(launchId);
    },
  };
};
