import type { QueuedLaunch } from './admission-queue.ts';
import type { AdmissionParts } from './admit.ts';
import { decideAdmission, type Standing } from './decide-admission.ts';
import type { Durations } from './durations.ts';
import type { Holder } from './fair-order.ts';
import { chooseEvicted } from './make-room.ts';

/** A session that takes a place. */
export type RunningSession = Holder & { readonly launchId: string; readonly startedAt: number };

/** Who is let in and who waits where, according to one look at the queue and at what runs. */
type Verdict = {
  readonly standings: ReadonlyMap<string, Standing>;
  /** The launches to let in. */
  readonly chosen: readonly string[];
  readonly admitted: ReadonlySet<string>;
  readonly sessions: readonly RunningSession[];
  /** The repositories of those who were promised a session that does not run yet. */
  readonly promised: readonly string[];
  readonly launches: ReadonlyMap<string, QueuedLaunch>;
};

export type Decision = Verdict & {
  /** How long sessions of the repositories of those that run usually last, as far as it is known. */
  readonly usualSeconds: ReadonlyMap<string, number>;
};

const judge = (
  { settings }: Pick<AdmissionParts, 'settings'>,
  all: readonly QueuedLaunch[],
  sessions: readonly RunningSession[],
): Verdict => {
  const runs = new Set(sessions.map(({ launchId }) => launchId));
  const promised = all.filter(({ id, isAdmitted }) => isAdmitted && !runs.has(id));
  // The session of a waiting launch is its own, left by the process that started it: it is let in to find it.
  const returning = all.filter(({ id, isAdmitted }) => !isAdmitted && runs.has(id)).map(({ id }) => id);
  const waiting = all.filter(({ id, isAdmitted }) => !isAdmitted && !runs.has(id));
  const standings = decideAdmission({ limits: settings, held: [...sessions, ...promised], waiting });
  const isIn = ({ id }: QueuedLaunch): boolean => standings.get(id)?.kind === 'admitted';
  const chosen = [...returning, ...waiting.filter(isIn).map(({ id }) => id)];
  const before = all.filter(({ isAdmitted }) => isAdmitted).map(({ id }) => id);
  return {
    standings,
    chosen,
    admitted: new Set([...before, ...chosen]),
    sessions,
    promised: [...promised, ...waiting.filter(isIn)].map(({ canonical }) => canonical),
    launches: new Map(all.map((launch) => [launch.id, launch])),
  };
};

/** Asked once for all who wait. */
const findUsual = async (durations: Durations, sessions: readonly RunningSession[]): Promise<Map<string, number>> => {
  const repositories = [...new Set(sessions.map(({ canonical }) => canonical))];
  const found = repositories.map(
    async (canonical) => [canonical, await durations.usual('session', canonical)] as const,
  );
  return new Map((await Promise.all(found)).flatMap(([canonical, usual]) => (usual ? [[canonical, usual]] : [])));
};

/** Where the runtime does not answer, what is known must do: what is started then will fail, and say why. */
const listSessions = async ({ listSessions: list, sessions, log }: AdmissionParts) => {
  try {
    return await (list?.() ?? sessions());
  } catch (error) {
    log.warn({ err: error }, 'what runs could not be listed before launches were let in');
    return sessions();
  }
};

const makeRoom = async ({ warm, settings }: AdmissionParts, { sessions, promised }: Verdict): Promise<void> => {
  const observation = { sessions: settings.sessions, running: sessions.length, promised };
  const evicted = chooseEvicted(observation, warm.waiting());
  if (evicted.length > 0) await warm.evict(evicted);
};

/**
 * Lets in whoever's turn it is, ends waiting sessions that are in their way, and says where all stand. Before anybody
 * is let in, what runs is listed after the queue was read: a launch of another process that left the queue has a
 * session that is seen then, so that no place is given away twice.
 */
export const settleQueue = async (parts: AdmissionParts): Promise<Decision> => {
  let verdict: Verdict | undefined;
  await parts.queue.settle(async (launches) => {
    verdict = judge(parts, launches, parts.sessions());
    if (verdict.chosen.length > 0) verdict = judge(parts, launches, await listSessions(parts));
    return verdict.chosen;
  });
  if (verdict === undefined) throw new Error('the queue did not ask');
  if (verdict.chosen.length > 0) await makeRoom(parts, verdict);
  const isAnyoneWaiting = [...verdict.standings.values()].some(({ kind }) => kind === 'waiting');
  return { ...verdict, usualSeconds: await findUsual(parts.durations, isAnyoneWaiting ? verdict.sessions : []) };
};
