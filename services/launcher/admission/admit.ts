import type { SessionLimits } from '../../contracts/policy.ts';
import type { Settings } from '../../contracts/settings.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { AdmissionQueue } from './admission-queue.ts';
import type { Ticket } from './decide-admission.ts';
import type { Durations } from './durations.ts';
import { judgeRepository } from './judge-repository.ts';
import { countRoom, type WarmPlaces } from './make-room.ts';
import type { ReadPolicy } from './policy-file.ts';
import type { RunningSession } from './settle-queue.ts';
import { createStandings, type Standings, type WaitingPlace } from './standings.ts';

export type AdmissionParts = {
  readonly policy: ReadPolicy;
  readonly queue: AdmissionQueue;
  /** What is known here to run. */
  readonly sessions: () => readonly RunningSession[];
  /** What runs, as the runtime says; left out where nothing runs that is not known here. */
  readonly listSessions?: (() => Promise<readonly RunningSession[]>) | undefined;
  /** Sessions that wait for somebody: they count as long as nobody needs their places. */
  readonly warm: WarmPlaces;
  readonly durations: Durations;
  readonly settings: Pick<
    Settings['admission'],
    'sessions' | 'sessionsPerRepository' | 'sessionsPerClient' | 'waiting'
  >;
  readonly clock: Clock;
  readonly log: Logger;
};

/** A launch of a known repository that wants a session. */
export type Applicant = Omit<Ticket, 'repositorySessions'>;

/** A session that is promised to a launch. Dispose of it when the launch is over: what runs counts by itself. */
export type Place = AsyncDisposable & { readonly limits: SessionLimits };

/** Whether and when a launch may go on; everything is settled here before any work begins. */
export type Admission = {
  /** The policy alone, for what needs no session. Throws LIMIT_REPOSITORY_BLOCKED. */
  judge(canonical: string): { readonly limits: SessionLimits; readonly sessions: number };
  /**
   * Policy, then quotas, else a place in the queue: yields where the launch stands whenever that changes, and returns
   * when a session is promised. Throws LIMIT_REPOSITORY_BLOCKED, LIMIT_QUEUE_FULL, and the reason of the signal.
   */
  admit(applicant: Applicant, signal: AbortSignal): AsyncGenerator<WaitingPlace, Place>;
  /** How many launches of this process have no place yet. */
  waiting(): number;
  /** How many sessions may wait for somebody, beside those that run or are promised. */
  room(): Promise<number>;
};

const judge = ({ policy, settings }: AdmissionParts, canonical: string) => {
  const judgement = judgeRepository(policy(), canonical);
  if (judgement.kind === 'allowed')
    return { limits: judgement.limits, sessions: judgement.sessions ?? settings.sessionsPerRepository };
  const { reason } = judgement;
  const message = `${canonical} may not be launched here.${reason === undefined ? '' : ` ${reason}`}`;
  throw new SlipwayError('LIMIT_REPOSITORY_BLOCKED', { message });
};

const refuse = (waiting: number, estimateSeconds: number | undefined): SlipwayError =>
  new SlipwayError('LIMIT_QUEUE_FULL', {
    message: `All sessions are in use and ${waiting} launches wait already.`,
    details: { retryAfterSeconds: estimateSeconds ?? 60 },
  });

const isSame = (left: WaitingPlace | undefined, right: WaitingPlace): boolean =>
  left !== undefined && left.position === right.position && left.obstacle === right.obstacle;

type Waiter = { readonly id: string; readonly signal: AbortSignal };

/** Says where a launch of the queue stands until it is let in. */
async function* waitForTurn(
  standings: Standings,
  { id, signal }: Waiter,
  most: number,
): AsyncGenerator<WaitingPlace, void> {
  let shown: WaitingPlace | undefined;
  for await (const { standing, waiting } of standings.follow(id, signal)) {
    if (standing.kind === 'admitted') return;
    if (shown === undefined && waiting > most) throw refuse(waiting - 1, standing.estimateSeconds);
    if (!isSame(shown, standing)) yield standing;
    shown = standing;
  }
}

async function* admit(
  parts: AdmissionParts,
  standings: Standings,
  applicant: Applicant & { readonly signal: AbortSignal },
): AsyncGenerator<WaitingPlace, Place> {
  const { signal, ...ticket } = applicant;
  const { limits, sessions } = judge(parts, ticket.canonical);
  const leave = () => standings.leave(ticket.id);
  await standings.enter({ ...ticket, repositorySessions: sessions });
  let isAdmitted = false;
  try {
    yield* waitForTurn(standings, { id: ticket.id, signal }, parts.settings.waiting);
    isAdmitted = true;
    return { limits, [Symbol.asyncDispose]: leave };
  } finally {
    if (!isAdmitted) await leave();
  }
}

/** Decides over the launches of one process, or of several that share a queue. */
export const createAdmission = (parts: AdmissionParts): Admission => {
  const standings = createStandings(parts);
  let waiting = 0;
  return {
    judge: (canonical) => judge(parts, canonical),
    admit: async function* wait(applicant, signal) {
      waiting += 1;
      try {
        return yield* admit(parts, standings, { ...applicant, signal });
      } finally {
        waiting -= 1;
      }
    },
    waiting: () => waiting,
    room: async () => {
      const { sessions, promised } = await standings.decision();
      return countRoom({ sessions: parts.settings.sessions, running: sessions.length, promised }, parts.warm.waiting());
    },
  };
};
