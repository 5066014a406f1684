import { describe, expect, it } from 'vitest';
import { createAttendance } from '../../services/launcher/attendance.ts';
import { createRedisAttendance } from '../../services/launcher/redis-attendance.ts';
import { attendanceContract } from '../conformance/attendance.ts';
import { createHeldClock } from '../support/held-clock.ts';
import { useRedisPlaces, letPass } from '../support/redis-places.ts';

const GRACE_MS = 60_000;

const createOwn = () => {
  const { clock, sleepers, wakeAll } = createHeldClock();
  const abandoned: string[] = [];
  const attendance = createAttendance({ graceMs: GRACE_MS, clock, onAbandoned: (id) => void abandoned.push(id) });
  const pass = async (): Promise<void> => {
    wakeAll();
    await new Promise((resolve) => void setImmediate(resolve));
  };
  return { attendance, abandoned, pass, sleepers };
};

describe('the attendance of one process', () => {
  attendanceContract({
    create: () => {
      const { attendance, ...rest } = createOwn();
      return { attendances: [attendance, attendance], ...rest };
    },
    skip: { shared: 'lives in this process only' },
  });

  it('waits for nothing when all launches are over', async () => {
    const { attendance, sleepers } = createOwn();
    attendance.expect('a');
    const follower = attendance.attend('a');
    attendance.dismiss('a');
    follower[Symbol.dispose]();
    attendance.attend('b')[Symbol.dispose]();
    await Promise.resolve();
    expect(sleepers.size).toBe(0);
  });
});

describe('the attendance in Redis', () => {
  const places = useRedisPlaces();

  attendanceContract({
    create: () => {
      const abandoned: string[] = [];
      const [one, other] = places.createTwice((redis) => {
        const { clock, wakeAll } = createHeldClock();
        const parts = { redis, graceMs: GRACE_MS, clock, onError: () => undefined };
        const attendance = createRedisAttendance({ ...parts, onAbandoned: (id) => void abandoned.push(id) });
        return { redis, attendance, wakeAll };
      });
      const living = new Set([one, other]);
      /** Commands of one connection are answered in their order. */
      const settle = async (): Promise<void> => {
        for (const { redis } of [one, other]) for (const _ of [1, 2, 3]) await redis.client.ping();
      };
      return {
        attendances: [one.attendance, other.attendance],
        abandoned,
        pass: async () => {
          await settle();
          await letPass(one.redis, GRACE_MS);
          for (const _ of [1, 2, 3]) {
            for (const { wakeAll } of living) wakeAll();
            await settle();
          }
        },
        kill: () => void living.delete(other),
      };
    },
  });
});
