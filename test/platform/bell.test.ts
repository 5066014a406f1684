import { expect, it } from 'vitest';
import { createBell } from '../../services/platform/bell.ts';

const never = (): AbortSignal => new AbortController().signal;

it('a bell wakes those who listen to its key, remembers rings between two waits, and forgets who left', async () => {
  const bell = createBell();
  const listening = bell.listen('a');
  const other = bell.listen('b');
  bell.ring('a');
  await listening.wait(never());
  const woken = listening.wait(never());
  bell.ring('a');
  await woken;
  let isOtherWoken = false;
  const leaving = new AbortController();
  const waiting = other.wait(leaving.signal).then(() => (isOtherWoken = true));
  bell.ring('a');
  await Promise.resolve();
  expect(isOtherWoken).toBe(false);
  bell.ringAll();
  await waiting;
  const aborted = other.wait(leaving.signal);
  leaving.abort();
  await aborted;
  listening[Symbol.dispose]();
  bell.ring('a');
});
