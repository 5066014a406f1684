import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { shareRun } from '../../../services/builder/base/share-run.ts';
import { runGenerator } from '../../support/run-generator.ts';

const signal = (): AbortSignal => AbortSignal.timeout(5000);

describe('a shared run', () => {
  it('runs once, and shows everybody all lines and the result', async () => {
    let starts = 0;
    let ends = 0;
    const shared = shareRun(
      async function* () {
        starts += 1;
        yield 'one\n';
        await sleep(20);
        yield 'two\n';
        return 'made';
      },
      () => (ends += 1),
    );
    const first = runGenerator(shared.follow(signal()));
    await sleep(10);
    const second = runGenerator(shared.follow(signal()));
    const expected = { items: ['one\n', 'two\n'], result: 'made' };
    expect(await Promise.all([first, second])).toEqual([expected, expected]);
    expect([starts, ends]).toEqual([1, 1]);
  });

  it('gives everybody what it threw', async () => {
    const shared = shareRun(
      async function* () {
        yield 'one\n';
        throw new Error('no mirror');
      },
      () => undefined,
    );
    const both = await Promise.allSettled([shared, shared].map((run) => runGenerator(run.follow(signal()))));
    expect(both.map((one) => one.status === 'rejected' && String(one.reason))).toEqual(
      Array.from({ length: 2 }, () => 'Error: no mirror'),
    );
  });

  it('goes on while somebody follows, and is aborted when nobody does', async () => {
    let ends = 0;
    let stopped = false;
    const shared = shareRun(
      async function* (stop) {
        stop.addEventListener('abort', () => (stopped = true));
        yield 'one\n';
        await sleep(5000, undefined, { signal: stop });
        return 'made';
      },
      () => (ends += 1),
    );
    const [first, second] = [new AbortController(), new AbortController()];
    const runs = [first, second].map((one) => runGenerator(shared.follow(one.signal)));
    const settled = Promise.allSettled(runs);
    await sleep(10);
    first.abort(new Error('left'));
    await sleep(10);
    expect(stopped).toBe(false);
    second.abort(new Error('left'));
    await settled;
    await sleep(10);
    expect([stopped, ends]).toEqual([true, 1]);
  });
});
