import { createBell, type Listening } from '../../platform/bell.ts';
import type { Clock } from '../../platform/clock.ts';
import type { AdmissionParts } from './admit.ts';
import type { Obstacle, Ticket } from './decide-admission.ts';
import { estimateWait, type Ending } from './estimate-wait.ts';
import { settleQueue, type Decision, type RunningSession } from './settle-queue.ts';

/** Where a launch stands, for its visitor. */
export type WaitingPlace = {
  readonly kind: 'waiting';
  readonly position: number;
  readonly obstacle: Obstacle;
  /** How long it will take, if sessions last as long as they usually do. */
  readonly estimateSeconds: number | undefined;
};

type Answer = {
  readonly standing: { readonly kind: 'admitted' } | WaitingPlace;
  /** How many wait, this one included. */
  readonly waiting: number;
};

/** Where the launches of the queue stand, computed once for all who ask. */
export type Standings = {
  enter(ticket: Ticket): Promise<void>;
  leave(id: string): Promise<void>;
  /** Lets in whoever's turn it is and says where this launch stands, again and again. Throws the reason of the signal. */
  follow(id: string, signal: AbortSignal): AsyncGenerator<Answer, never>;
  /** The decision that answers are made of. */
  decision(): Promise<Decision>;
};

/** Sessions end without telling the queue, so it is looked at again this often while anybody waits. */
const LOOK_MS = 1000;

const competes = (session: RunningSession, obstacle: Obstacle, { canonical, client }: Ticket): boolean => {
  const answers = { total: true, repository: session.canonical === canonical, client: session.client === client };
  return answers[obstacle];
};

type Waiter = { readonly position: number; readonly obstacle: Obstacle; readonly ticket: Ticket };

const estimate = ({ sessions, usualSeconds }: Decision, waiter: Waiter, now: number): number | undefined => {
  const endings = sessions
    .filter((session) => competes(session, waiter.obstacle, waiter.ticket))
    .flatMap(({ canonical, startedAt }): Ending[] => {
      const usual = usualSeconds.get(canonical);
      return usual === undefined ? [] : [{ usualSeconds: usual, ageSeconds: (now - startedAt) / 1000 }];
    });
  return estimateWait(waiter.position, endings);
};

const NOWHERE = { kind: 'waiting', obstacle: 'total', estimateSeconds: undefined } as const;

const answer = (decision: Decision, id: string, now: number): Answer => {
  const standing = decision.standings.get(id);
  const ticket = decision.launches.get(id);
  const waiting = [...decision.standings.values()].filter(({ kind }) => kind === 'waiting').length;
  // Others took this process for dead; it will put its launches back as soon as it notices.
  if (ticket === undefined) return { standing: { ...NOWHERE, position: waiting + 1 }, waiting };
  if (standing?.kind !== 'waiting' || decision.admitted.has(id)) return { standing: { kind: 'admitted' }, waiting };
  const { position, obstacle } = standing;
  const estimateSeconds = estimate(decision, { position, obstacle, ticket }, now);
  return { standing: { kind: 'waiting', position, obstacle, estimateSeconds }, waiting };
};

/** The latest decision. One is made at a time: what changes while one is made, the next one takes in all together. */
const createDecisions = (parts: AdmissionParts) => {
  const { clock } = parts;
  let latest: { readonly at: number; readonly decision: Promise<Decision> } | undefined;
  let next: Promise<Decision> | undefined;
  let running: Promise<unknown> = Promise.resolve();
  const begin = (): Promise<Decision> => {
    next = undefined;
    const decision = settleQueue(parts);
    latest = { at: clock.now(), decision };
    running = decision.catch(() => undefined);
    return decision;
  };
  return {
    outdate: (): void => void (latest = undefined),
    current: (): Promise<Decision> => {
      if (latest !== undefined && clock.now() - latest.at < LOOK_MS) return latest.decision;
      next ??= running.then(begin);
      return next;
    },
  };
};

const CHANGED = 'queue';

/** Resolves when there may be another answer; throws the reason of the signal. */
const waitForChange = async (listening: Listening, clock: Clock, signal: AbortSignal): Promise<void> => {
  const done = new AbortController();
  const either = AbortSignal.any([signal, done.signal]);
  await Promise.race([listening.wait(either), clock.sleep(LOOK_MS, either).catch(() => undefined)]);
  done.abort();
  signal.throwIfAborted();
};

/** Keeps the standings for one process: asked by hundreds, computed once a change and once a second. */
export const createStandings = (parts: AdmissionParts): Standings => {
  const { queue, clock } = parts;
  const bell = createBell();
  const decisions = createDecisions(parts);
  const change = (): void => {
    decisions.outdate();
    bell.ring(CHANGED);
  };
  queue.onChange(change);
  return {
    enter: async (ticket) => {
      await queue.enter(ticket);
      change();
    },
    leave: async (id) => {
      await queue.leave(id);
      change();
    },
    follow: async function* follow(id, signal) {
      using listening = bell.listen(CHANGED);
      for (; ; await waitForChange(listening, clock, signal)) {
        signal.throwIfAborted();
        yield answer(await decisions.current(), id, clock.now());
      }
    },
    decision: decisions.current,
  };
};
