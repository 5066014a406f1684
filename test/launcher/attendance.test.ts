import { describe, expect, it } from 'vitest';
import { createAttendance } from '../../services/launcher/attendance.ts';

/** A clock whose sleepers wake when the test says so. */
const create = () => {
  const sleepers = new Set<() => void>();
  const abandoned: string[] = [];
  const clock = {
    now: () => 0,
    sleep: (_: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        sleepers.add(resolve);
        signal?.addEventListener('abort', () => {
          sleepers.delete(resolve);
          reject(new Error('aborted'));
        });
      }),
  };
  const attendance = createAttendance({ graceMs: 1000, clock, onAbandoned: (id) => void abandoned.push(id) });
  const pass = async (): Promise<void> => {
    for (const wake of sleepers) wake();
    sleepers.clear();
    await new Promise((resolve) => void setImmediate(resolve));
  };
  return { attendance, abandoned, pass, sleepers };
};

describe('a launch', () => {
  it('that nobody ever follows is abandoned after the grace period', async () => {
    const { attendance, abandoned, pass } = create();
    attendance.expect('a');
    expect(abandoned).toEqual([]);
    await pass();
    expect(abandoned).toEqual(['a']);
  });

  it('is kept while anybody follows it, and by who comes back in time', async () => {
    const { attendance, abandoned, pass } = create();
    attendance.expect('a');
    const [first, second] = [attendance.attend('a'), attendance.attend('a')];
    first[Symbol.dispose]();
    await pass();
    expect(abandoned).toEqual([]);
    second[Symbol.dispose]();
    const back = attendance.attend('a');
    await pass();
    expect(abandoned).toEqual([]);
    back[Symbol.dispose]();
    await pass();
    expect(abandoned).toEqual(['a']);
  });

  it('that is over, or was never expected, is not abandoned, and nothing waits for it', async () => {
    const { attendance, abandoned, pass, sleepers } = create();
    attendance.expect('a');
    const follower = attendance.attend('a');
    attendance.dismiss('a');
    follower[Symbol.dispose]();
    attendance.attend('b')[Symbol.dispose]();
    attendance.expect('c');
    attendance.dismiss('c');
    await Promise.resolve();
    expect(sleepers.size).toBe(0);
    await pass();
    expect(abandoned).toEqual([]);
  });
});
