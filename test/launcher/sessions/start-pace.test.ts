import { describe, expect, it } from 'vitest';
import { createStartPace } from '../../../services/launcher/sessions/start-pace.ts';
import type { Clock } from '../../../services/platform/clock.ts';

/** A clock whose sleepers are woken by the test, by how long they sleep. */
const createWakingClock = () => {
  const sleepers = new Set<{ readonly milliseconds: number; readonly wake: () => void }>();
  let now = 0;
  const advance = (milliseconds: number): void => void (now += milliseconds);
  const clock: Clock = {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { milliseconds, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason as Error);
        });
      }),
  };
  const wake = (isWoken: (milliseconds: number) => boolean): void => {
    for (const sleeper of sleepers)
      if (isWoken(sleeper.milliseconds)) {
        sleepers.delete(sleeper);
        sleeper.wake();
      }
  };
  const longest = (): number => Math.max(0, ...[...sleepers].map(({ milliseconds }) => milliseconds));
  return { clock, wake, advance, longest };
};

const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
const never = new AbortController().signal;

const setup = (atOnce: number, idlePart = 0) => {
  const { clock, ...time } = createWakingClock();
  const pace = createStartPace({ atOnce, processors: { idlePart: () => idlePart }, clock });
  const started: string[] = [];
  const turns = new Map<string, Disposable>();
  const ask = async (name: string, signal = never): Promise<void> => {
    turns.set(name, await pace.take(signal));
    started.push(name);
  };
  return { pace, started, ask, end: (name: string) => turns.get(name)?.[Symbol.dispose](), ...time };
};

describe('starts of sessions', () => {
  it('have their turn in the order of asking, so many at a time', async () => {
    const { pace, started, ask, end } = setup(2);
    expect(pace.before()).toBe(0);
    for (const name of ['a', 'b', 'c', 'd']) void ask(name);
    await settle();
    expect([started, pace.before(), pace.waiting()]).toEqual([['a', 'b'], 4, 2]);
    end('b');
    end('b');
    await settle();
    expect(started).toEqual(['a', 'b', 'c']);
    end('a');
    await settle();
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('that are given up leave the line', async () => {
    const { started, ask, end } = setup(1);
    const leaving = new AbortController();
    const [, second] = [ask('a'), ask('b', leaving.signal), ask('c')];
    leaving.abort(new Error('left'));
    await expect(second).rejects.toThrow('left');
    end('a');
    await settle();
    expect(started).toEqual(['a', 'c']);
    await expect(ask('d', leaving.signal)).rejects.toThrow('left');
  });

  it('go on one after the other while processors have nothing to do', async () => {
    const { started, ask, wake } = setup(1, 0.5);
    for (const name of ['a', 'b', 'c']) void ask(name);
    await settle();
    expect(started).toEqual(['a']);
    wake((milliseconds) => milliseconds < 1000);
    await settle();
    expect(started).toEqual(['a', 'b']);
    wake((milliseconds) => milliseconds < 1000);
    await settle();
    expect(started).toEqual(['a', 'b', 'c']);
  });

  it('wait while all processors are busy, but not for a start that takes long', async () => {
    const { started, ask, wake } = setup(1, 0.1);
    for (const name of ['a', 'b']) void ask(name);
    await settle();
    wake((milliseconds) => milliseconds < 1000);
    await settle();
    expect(started).toEqual(['a']);
    wake((milliseconds) => milliseconds > 1000);
    await settle();
    expect(started).toEqual(['a', 'b']);
  });

  it('have longer turns where starts take longer, within bounds', async () => {
    const { ask, end, advance, longest } = setup(1);
    const startOf = async (name: string, milliseconds: number): Promise<number> => {
      await ask(name);
      const turn = longest();
      advance(milliseconds);
      end(name);
      return turn;
    };
    expect(await startOf('a', 15_000)).toBe(10_000);
    expect(await startOf('b', 600_000)).toBe(16_000);
    expect(await startOf('c', 0)).toBe(30_000);
    for (let start = 0; start < 20; start += 1) await startOf(`d${start}`, 100);
    expect(await startOf('e', 100)).toBe(5000);
  });
});
