import type { RedisStore } from '../platform/redis.ts';
import type { Attendance, AttendanceParts } from './attendance.ts';

type RedisAttendanceParts = AttendanceParts & {
  readonly redis: RedisStore;
  readonly onError: (error: Error) => void;
};

type Audience = { followers: number; readonly leaving: AbortController };

/** So often in the grace period a process says that somebody follows a launch there. */
const SIGNS = 3;

/**
 * A launch has a key in Redis that expires after the grace period. Each process where somebody follows it sets the key
 * again and again, and once more when the last one leaves; one that was killed does so no more.
 */
const createSigns = ({ redis: { client, prefix }, graceMs, clock, onError }: RedisAttendanceParts) => {
  const key = (id: string): string => `${prefix}:launch:${id}:followed`;
  const give = (id: string): void => void client.set(key(id), 1, 'PX', graceMs).catch(onError);
  return {
    give,
    keepGiving: async (id: string, signal: AbortSignal): Promise<void> => {
      for (; !signal.aborted; await clock.sleep(graceMs / SIGNS, signal).catch(() => undefined)) give(id);
    },
    /** Milliseconds for which the last sign still counts. */
    left: (id: string): Promise<number> => client.pttl(key(id)),
  };
};

/** The followers in this process. */
const createAudiences = ({ give, keepGiving }: ReturnType<typeof createSigns>) => {
  const audiences = new Map<string, Audience>();
  const enter = (id: string): Audience => {
    const audience = { followers: 0, leaving: new AbortController() };
    audiences.set(id, audience);
    void keepGiving(id, audience.leaving.signal);
    return audience;
  };
  const leave = (id: string, audience: Audience): void => {
    audience.followers -= 1;
    if (audience.followers > 0) return;
    audience.leaving.abort();
    audiences.delete(id);
    give(id);
  };
  return {
    has: (id: string): boolean => audiences.has(id),
    attend: (id: string): Disposable => {
      const audience = audiences.get(id) ?? enter(id);
      audience.followers += 1;
      return { [Symbol.dispose]: () => leave(id, audience) };
    },
  };
};

/** Knows of the followers at all launchers; the launch itself is expected by the one that runs it. */
export const createRedisAttendance = (parts: RedisAttendanceParts): Attendance => {
  const { graceMs, clock, onAbandoned, onError } = parts;
  const signs = createSigns(parts);
  const audiences = createAudiences(signs);
  const expected = new Map<string, AbortController>();

  /** Looks twice: when Redis was away, others need a moment to give signs again. */
  const wait = async (id: string, over: AbortController): Promise<void> => {
    for (let misses = 0; ;) {
      const left = await signs.left(id);
      misses = left > 0 || audiences.has(id) ? 0 : misses + 1;
      if (over.signal.aborted) return;
      if (misses === 2) break;
      await clock.sleep(left > 0 ? left : graceMs / SIGNS, over.signal).catch(() => undefined);
    }
    expected.delete(id);
    onAbandoned(id);
  };
  return {
    expect: (id) => {
      const over = new AbortController();
      expected.set(id, over);
      signs.give(id);
      wait(id, over).catch(onError);
    },
    attend: audiences.attend,
    dismiss: (id) => {
      expected.get(id)?.abort();
      expected.delete(id);
    },
  };
};
