import { describe, expect, it } from 'vitest';
import type { FailedEvent, LaunchEvent } from '../../services/contracts/launch-event.ts';
import type { EventLog, LaunchRecord, LoggedEvent } from '../../services/launcher/events/event-log.ts';
import { skipTitle } from '../support/skip-title.ts';

type Fresh = {
  readonly log: EventLog;
  /** The same log as a later process opens it. */ readonly reopen?: () => EventLog;
};
type Options = { readonly create: () => Fresh; readonly skip?: { readonly reopen?: string } };

const makeRecord = (id: string, createdAt = 1000): LaunchRecord => ({
  id,
  createdAt,
  request: {
    repo: { provider: 'git', spec: 'https%3A%2F%2Fexample.org%2Fé/HEAD' },
    launchHost: 'http://127.0.0.1:8080/',
    sessionHost: 'http://127.0.0.1:8081',
  },
});
const line = (message: string): LaunchEvent => ({ phase: 'building', message, at: 1 });
const failed: FailedEvent = {
  phase: 'failed',
  message: 'It went wrong.\n',
  at: 2,
  code: 'BUILD_INSTALL_FAILED',
  hint: 'Look.',
  status_code: 422,
  retry: false,
};

const never = (): AbortSignal => new AbortController().signal;
const collect = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
};
const readAll = async (log: EventLog, id: string, after = 0): Promise<LoggedEvent<LaunchEvent>[]> =>
  collect(log.read(id, after, never()));
const seqs = (events: readonly LoggedEvent<LaunchEvent>[]): number[] => events.map(({ seq }) => seq);

/** What every EventLog promises. */
export const eventLogContract = ({ create, skip = {} }: Options): void => {
  describe('as an event log', () => {
    it('gives back the launch that was created, and nothing for others', async () => {
      const { log } = create();
      const record = makeRecord('a');
      await log.create(record);
      expect(await log.find('a')).toEqual(record);
      expect(await log.find('b')).toBeUndefined();
    });

    it('refuses events of a launch that was not created', async () => {
      const { log } = create();
      await expect(log.append('nobody', line('x'))).rejects.toThrow(Error);
    });

    it('lists what was said so far without waiting, and knows the last of it', async () => {
      const { log } = create();
      await log.create(makeRecord('a'));
      expect(await log.list('a', 0)).toEqual([]);
      expect(await log.last('a')).toBeUndefined();
      for (const message of ['one', 'two', 'three']) await log.append('a', line(message));
      expect(await log.list('a', 1)).toEqual([
        { seq: 2, event: line('two') },
        { seq: 3, event: line('three') },
      ]);
      expect(await log.last('a')).toEqual({ seq: 3, event: line('three') });
      expect(await log.list('b', 0)).toEqual([]);
    });

    it('numbers the events of each launch from 1 without gaps', async () => {
      const { log } = create();
      await log.create(makeRecord('a'));
      await log.create(makeRecord('b'));
      const numbers = [
        await log.append('a', line('1')),
        await log.append('b', line('1')),
        await log.append('a', line('2')),
      ];
      expect(numbers).toEqual([1, 1, 2]);
    });

    it('reads every event once and in order, whatever is in it, and ends after the last', async () => {
      const { log } = create();
      await log.create(makeRecord('a'));
      const written = [line('one\n'), line('"quotes" \u0000 \u2028 ☃ \\n'), failed];
      for (const event of written) await log.append('a', event);
      const events = await readAll(log, 'a');
      expect(events.map(({ event }) => event)).toEqual(written);
      expect(seqs(events)).toEqual([1, 2, 3]);
    });

    it('reads on after a position, from the middle, the end and beyond', async () => {
      const { log } = create();
      await log.create(makeRecord('a'));
      for (const event of [line('1'), line('2'), failed]) await log.append('a', event);
      expect(seqs(await readAll(log, 'a', 1))).toEqual([2, 3]);
      expect(seqs(await readAll(log, 'a', 3))).toEqual([]);
      expect(seqs(await readAll(log, 'a', 99))).toEqual([]);
    });

    it('waits for events that are appended later', async () => {
      const { log } = create();
      await log.create(makeRecord('a'));
      const reading = readAll(log, 'a');
      await log.append('a', line('1'));
      await Promise.resolve();
      await log.append('a', line('2'));
      await log.append('a', failed);
      expect(seqs(await reading)).toEqual([1, 2, 3]);
    });

    it('gives a long log to many readers that join at different times', async () => {
      const { log } = create();
      await log.create(makeRecord('a'));
      const count = 700;
      const readers: Promise<LoggedEvent<LaunchEvent>[]>[] = [];
      for (let index = 1; index < count; index += 1) {
        await log.append('a', line(String(index)));
        if (index % 50 === 0) readers.push(readAll(log, 'a'));
        if (index % 100 === 0) await new Promise(setImmediate);
      }
      await log.append('a', failed);
      const expected = Array.from({ length: count }, (_, index) => index + 1);
      for (const events of await Promise.all(readers)) expect(seqs(events)).toEqual(expected);
    });

    it('ends without throwing when the reader leaves, while others read on', async () => {
      const { log } = create();
      await log.create(makeRecord('a'));
      await log.append('a', line('1'));
      const leaving = new AbortController();
      const left = log.read('a', 0, leaving.signal);
      const staying = readAll(log, 'a');
      expect((await left.next()).value?.seq).toBe(1);
      const next = left.next();
      leaving.abort();
      expect(await next).toEqual({ done: true, value: undefined });
      await log.append('a', failed);
      expect(seqs(await staying)).toEqual([1, 2]);
    });

    it('yields nothing to a reader whose signal was aborted before', async () => {
      const { log } = create();
      await log.create(makeRecord('a'));
      await log.append('a', line('1'));
      expect(await collect(log.read('a', 0, AbortSignal.abort()))).toEqual([]);
    });

    it('lists launches without a last event, oldest first', async () => {
      const { log } = create();
      for (const [id, at] of [
        ['young', 3000],
        ['old', 1000],
        ['over', 2000],
      ] as const)
        await log.create(makeRecord(id, at));
      await log.append('over', failed);
      await log.append('young', line('x'));
      expect((await log.unfinished()).map(({ id }) => id)).toEqual(['old', 'young']);
    });

    it('lets a launch end once only', async () => {
      const { log } = create();
      await log.create(makeRecord('a'));
      await log.append('a', failed);
      await expect(log.append('a', failed)).rejects.toThrow(Error);
    });

    it('lets one process run a launch that another gave up, and only that one', async () => {
      const { log } = create();
      await log.create(makeRecord('a'));
      expect(await log.adopt()).toEqual([]);
      await log.release('a');
      expect(await log.adopt()).toEqual([makeRecord('a')]);
      expect(await log.adopt()).toEqual([]);
    });

    it.skipIf(skip.reopen)(
      skipTitle('keeps everything across a restart and goes on counting', skip.reopen),
      async () => {
        const { log, reopen } = create();
        await log.create(makeRecord('a'));
        await log.append('a', line('1'));
        const later = reopen?.() ?? log;
        expect(await later.unfinished()).toEqual([makeRecord('a')]);
        expect(await later.append('a', failed)).toBe(2);
        expect(seqs(await readAll(later, 'a', 0))).toEqual([1, 2]);
        expect(await later.unfinished()).toEqual([]);
      },
    );
  });
};
