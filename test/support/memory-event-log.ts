import { isTerminal, type LaunchEvent } from '../../services/contracts/launch-event.ts';
import type { EventLog, LaunchRecord, LoggedEvent } from '../../services/launcher/events/event-log.ts';

type Stream = { readonly record: LaunchRecord; readonly events: LaunchEvent[]; readonly waiting: Set<() => void> };

const waitForMore = (stream: Stream, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const wake = (): void => {
      stream.waiting.delete(wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    stream.waiting.add(wake);
    signal.addEventListener('abort', wake);
  });

const isOver = ({ events }: Stream): boolean => events.some(isTerminal);

const listEvents = (stream: Stream | undefined): LoggedEvent<LaunchEvent>[] =>
  (stream?.events ?? []).map((event, index) => ({ seq: index + 1, event }));

/** An event log that lives as long as the object. */
export const createMemoryEventLog = (): EventLog => {
  const streams = new Map<string, Stream>();

  const owned = new Set<string>();

  const unfinished = async (): Promise<LaunchRecord[]> =>
    [...streams.values()]
      .filter((stream) => !isOver(stream))
      .map(({ record }) => record)
      .toSorted((left, right) => left.createdAt - right.createdAt);
  const find = (launchId: string): Stream => {
    const stream = streams.get(launchId);
    if (stream === undefined) throw new Error(`no launch ${launchId}`);
    return stream;
  };

  async function* read(
    launchId: string,
    afterSeq: number,
    signal: AbortSignal,
  ): AsyncGenerator<LoggedEvent<LaunchEvent>> {
    const stream = find(launchId);
    for (let next = afterSeq; !signal.aborted;) {
      const event = stream.events[next];
      if (event !== undefined) {
        next += 1;
        yield { seq: next, event };
      } else if (isOver(stream)) return;
      else await waitForMore(stream, signal);
    }
  }

  return {
    create: async (record) => {
      if (streams.has(record.id)) throw new Error(`launch ${record.id} exists`);
      owned.add(record.id);
      streams.set(record.id, { record, events: [], waiting: new Set() });
    },
    find: async (launchId) => streams.get(launchId)?.record,
    append: async (launchId, event) => {
      const stream = find(launchId);
      if (isTerminal(event) && isOver(stream)) throw new Error(`launch ${launchId} is over`);
      stream.events.push(event);
      for (const wake of stream.waiting) wake();
      return stream.events.length;
    },
    read,
    list: async (launchId, afterSeq) => listEvents(streams.get(launchId)).slice(afterSeq),
    last: async (launchId) => listEvents(streams.get(launchId)).at(-1),
    unfinished,
    adopt: async () => {
      const adopted = (await unfinished()).filter(({ id }) => !owned.has(id));
      for (const { id } of adopted) owned.add(id);
      return adopted;
    },
    release: async (launchId) => void owned.delete(launchId),
  };
};
