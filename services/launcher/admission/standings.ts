import { createWakeUp } from '../events/wake-up.ts';
import type { QueuedLaunch } from './admission-queue.ts';
import type { AdmissionParts } from './admit.ts';
import { decideAdmission, type Obstacle, type Standing, type Ticket } from './decide-admission.ts';
import type { Durations } from './durations.ts';
import { estimateWait, type Ending } from './estimate-wait.ts';
import type { Holder } from './fair-order.ts';

/** A session that takes a place. */
export type RunningSession = Holder & { readonly launchId: string; readonly startedAt: number };

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
  /** Lets in whoever's turn it is, then says where this launch stands. */
  of(id: string): Promise<Answer>;
  /** Resolves when the answer may be another one. */
  change(): Promise<void>;
  /** The same, until the signal is aborted: `of` and `change` then throw its reason. */
  until(signal: AbortSignal): Standings;
};

/** Sessions end without telling the queue, so it is looked at again this often while anybody waits. */
const LOOK_MS = 1000;

type Parts = Pick<AdmissionParts, 'queue' | 'sessions' | 'durations' | 'settings' | 'clock'>;

type Decision = {
  readonly standings: ReadonlyMap<string, Standing>;
  readonly admitted: ReadonlySet<string>;
  readonly sessions: readonly RunningSession[];
  /** How long sessions of their repositories usually last, as far as it is known. */
  readonly usualSeconds: ReadonlyMap<string, number>;
  readonly launches: ReadonlyMap<string, QueuedLaunch>;
};

/** Asked once for all who wait. */
const findUsual = async (durations: Durations, sessions: readonly RunningSession[]): Promise<Map<string, number>> => {
  const repositories = [...new Set(sessions.map(({ canonical }) => canonical))];
  const found = repositories.map(
    async (canonical) => [canonical, await durations.usual('session', canonical)] as const,
  );
  return new Map((await Promise.all(found)).flatMap(([canonical, usual]) => (usual ? [[canonical, usual]] : [])));
};

const decide = async ({ queue, sessions, durations, settings }: Parts): Promise<Decision> => {
  let decision: Omit<Decision, 'usualSeconds'> | undefined;
  await queue.settle((all) => {
    const running = sessions();
    const runs = new Set(running.map(({ launchId }) => launchId));
    const promised = all.filter(({ id, isAdmitted }) => isAdmitted && !runs.has(id));
    // The session of a waiting launch is its own, left by the process that started it: it is let in to find it.
    const returning = all.filter(({ id, isAdmitted }) => !isAdmitted && runs.has(id)).map(({ id }) => id);
    const waiting = all.filter(({ id, isAdmitted }) => !isAdmitted && !runs.has(id));
    const standings = decideAdmission({ limits: settings, held: [...running, ...promised], waiting });
    const isIn = (id: string): boolean => standings.get(id)?.kind === 'admitted';
    const chosen = [...returning, ...waiting.map(({ id }) => id).filter(isIn)];
    const before = all.filter(({ isAdmitted }) => isAdmitted).map(({ id }) => id);
    const launches = new Map(all.map((launch) => [launch.id, launch]));
    decision = { standings, admitted: new Set([...before, ...chosen]), sessions: running, launches };
    return chosen;
  });
  if (decision === undefined) throw new Error('the queue did not ask');
  const isAnyoneWaiting = [...decision.standings.values()].some(({ kind }) => kind === 'waiting');
  return { ...decision, usualSeconds: await findUsual(durations, isAnyoneWaiting ? decision.sessions : []) };
};

const competes = (session: RunningSession, obstacle: Obstacle, { canonical, client }: Ticket): boolean => {
  const answers = { total: true, repository: session.canonical === canonical, client: session.client === client };
  return answers[obstacle];
};

const estimate = ({ clock }: Parts, { sessions, usualSeconds }: Decision, waiter: Waiter): number | undefined => {
  const endings = sessions
    .filter((session) => competes(session, waiter.obstacle, waiter.ticket))
    .flatMap(({ canonical, startedAt }): Ending[] => {
      const usual = usualSeconds.get(canonical);
      return usual === undefined ? [] : [{ usualSeconds: usual, ageSeconds: (clock.now() - startedAt) / 1000 }];
    });
  return estimateWait(waiter.position, endings);
};

type Waiter = { readonly position: number; readonly obstacle: Obstacle; readonly ticket: Ticket };

const answer = (parts: Parts, decision: Decision, id: string): Answer => {
  const standing = decision.standings.get(id);
  const ticket = decision.launches.get(id);
  const waiting = [...decision.standings.values()].filter(({ kind }) => kind === 'waiting').length;
  if (standing?.kind !== 'waiting' || ticket === undefined || decision.admitted.has(id))
    return { standing: { kind: 'admitted' }, waiting };
  const { position, obstacle } = standing;
  const estimateSeconds = estimate(parts, decision, { position, obstacle, ticket });
  return { standing: { kind: 'waiting', position, obstacle, estimateSeconds }, waiting };
};

const CHANGED = 'queue';

/** Keeps the standings of one process: asked by hundreds, computed once a change and once a second. */
export const createStandings = (parts: Parts): Standings => {
  const { queue, clock } = parts;
  const wakeUp = createWakeUp();
  let latest: { readonly at: number; readonly decision: Promise<Decision> } | undefined;

  const change = (): void => {
    latest = undefined;
    wakeUp.wake(CHANGED);
  };
  const current = (): Promise<Decision> => {
    if (latest === undefined || clock.now() - latest.at >= LOOK_MS)
      latest = { at: clock.now(), decision: decide(parts) };
    return latest.decision;
  };
  const waitForChange = async (signal: AbortSignal): Promise<void> => {
    const done = new AbortController();
    const either = AbortSignal.any([signal, done.signal]);
    await Promise.race([wakeUp.wait(CHANGED, either), clock.sleep(LOOK_MS, either).catch(() => undefined)]);
    done.abort();
    signal.throwIfAborted();
  };
  const standings = (signal: AbortSignal): Standings => ({
    enter: async (ticket) => {
      await queue.enter(ticket);
      change();
    },
    leave: async (id) => {
      await queue.leave(id);
      change();
    },
    of: async (id) => {
      signal.throwIfAborted();
      return answer(parts, await current(), id);
    },
    change: () => waitForChange(signal),
    until: standings,
  });
  return standings(new AbortController().signal);
};
