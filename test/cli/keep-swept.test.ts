import { expect, it } from 'vitest';
import type { Swept } from '../../services/builder/main.ts';
import { keepSwept } from '../../services/cli/serving/keep-swept.ts';
import { createLogger } from '../../services/platform/logger.ts';
import { createFakeClock } from '../support/fake-clock.ts';

it('what killed processes left is looked for again and again, also after a failure', async () => {
  const clock = createFakeClock(0);
  const end = new AbortController();
  const times: number[] = [];
  const sweep = async (): Promise<Swept> => {
    times.push(clock.now());
    if (times.length === 1) throw new Error('the engine is away');
    if (times.length === 3) end.abort();
    return { containers: 1, nameless: 0 };
  };
  await keepSwept({ builder: { sweep }, clock, logger: createLogger({ level: 'silent' }) }, end.signal);
  expect(times).toEqual([600_000, 1_200_000, 1_800_000]);
});
