import { randomUUID } from 'node:crypto';
import type { Listening } from '../../platform/bell.ts';
import { runScript, type RedisStore } from '../../platform/redis.ts';
import type { RedisLease } from '../../platform/redis-lease.ts';
import type { AdmissionQueue, QueuedLaunch } from './admission-queue.ts';
import type { Ticket } from './decide-admission.ts';
import { ADMIT, ENTER, LEAVE, READ } from './redis-admission-scripts.ts';

type QueueParts = {
  readonly redis: RedisStore;
  /** Whose launches these are, as long as it lives. */
  readonly lease: RedisLease;
  readonly onError: (error: Error) => void;
};

export type RedisAdmissionQueue = AdmissionQueue & {
  /** Tells of no changes any more. */
  close(): void;
};

/** What is in the queue after a round of admissions. */
type Read = { readonly round: string; readonly launches: readonly QueuedLaunch[] };

/** The scripts of the queue, for this process. */
const createScripts = ({ redis: { client, prefix, channel }, lease: { holder, keyPrefix } }: QueueParts) => {
  const queue = `${prefix}:admission`;
  const keys = [queue, `${queue}:owners`, `${queue}:admitted`, `${queue}:round`];
  const run = (script: string, ...args: string[]): Promise<unknown> => runScript(client, script, { keys, args });
  const put = async ({ isAdmitted, ...ticket }: QueuedLaunch, isRestored: boolean): Promise<void> => {
    const flags = [isAdmitted, isRestored].map((flag) => (flag ? '1' : '0'));
    await run(ENTER, keyPrefix, holder, ticket.id, JSON.stringify(ticket), ...flags, channel);
  };
  return {
    queue,
    enter: (ticket: Ticket): Promise<void> => put({ ...ticket, isAdmitted: false }, false),
    restore: (launch: QueuedLaunch): Promise<void> => put(launch, true),
    leave: async (id: string): Promise<void> => void (await run(LEAVE, holder, id, channel)),
    read: async (): Promise<Read> => {
      const [round, tickets, admitted] = (await run(READ, keyPrefix)) as [string, string[], string[]];
      const launches = tickets.map((text): QueuedLaunch => {
        const ticket = JSON.parse(text) as Ticket;
        return { ...ticket, isAdmitted: admitted.includes(ticket.id) };
      });
      return { round, launches };
    },
    admit: async (round: string, ids: readonly string[]): Promise<boolean> =>
      (await run(ADMIT, round, randomUUID(), channel, ...ids)) === 1,
  };
};

/** Tells whenever any process changed the queue, until the signal is aborted. */
const watch = async (queue: Listening, tell: () => void, signal: AbortSignal): Promise<void> => {
  using listening = queue;
  for (;;) {
    await listening.wait(signal);
    if (signal.aborted) return;
    tell();
  }
};

/** The queue of all launchers in Redis; a process that lives puts back what was taken from it as from a dead one. */
export const createRedisAdmissionQueue = (parts: QueueParts): RedisAdmissionQueue => {
  const { redis, lease, onError } = parts;
  const scripts = createScripts(parts);
  const mine = new Map<string, QueuedLaunch>();
  const listeners: (() => void)[] = [];
  const closing = new AbortController();
  const tellAll = (): void => listeners.forEach((tell) => tell());
  void watch(redis.bell.listen(scripts.queue), tellAll, closing.signal);
  lease.onLost(() => void Promise.all([...mine.values()].map(scripts.restore)).catch(onError));

  const note = (launches: readonly QueuedLaunch[]): void => {
    for (const launch of launches) if (mine.has(launch.id)) mine.set(launch.id, launch);
  };
  return {
    enter: async (ticket) => {
      await lease.begun;
      mine.set(ticket.id, mine.get(ticket.id) ?? { ...ticket, isAdmitted: false });
      await scripts.enter(ticket);
    },
    settle: async (choose) => {
      for (;;) {
        const { round, launches } = await scripts.read();
        note(launches);
        const chosen = await choose(launches);
        if (chosen.length === 0) return;
        if (!(await scripts.admit(round, chosen))) continue;
        return note(launches.filter(({ id }) => chosen.includes(id)).map((one) => ({ ...one, isAdmitted: true })));
      }
    },
    leave: async (id) => {
      mine.delete(id);
      await scripts.leave(id);
    },
    onChange: (listener) => void listeners.push(listener),
    close: () => closing.abort(),
  };
};
