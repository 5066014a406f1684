import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { SessionCard } from '../components/session-card.tsx';
import { readLaunches, writeLaunches, type KeptLaunch } from '../sessions/kept-launches.ts';
import { listSessions, type OwnSession } from '../sessions/session-api.ts';
import '../styles/sessions.css';

const RELOAD_MS = 15_000;
const TICK_MS = 1000;

/** Another tab may have launched something meanwhile, so only these are taken out. */
const forgetLaunches = (gone: readonly KeptLaunch[]): void => {
  const ids = new Set(gone.map(({ id }) => id));
  if (ids.size === 0) return;
  writeLaunches(
    localStorage,
    readLaunches(localStorage).filter(({ id }) => !ids.has(id)),
  );
};

/** Sessions of this browser, read again and again; launches whose sessions nobody knows any more are forgotten. */
const useSessions = () => {
  const sessions = useSignal<readonly OwnSession[] | undefined>(undefined);
  const problem = useSignal('');
  const now = useSignal(Date.now());
  const load = async (): Promise<void> => {
    try {
      const asked = readLaunches(localStorage);
      const found = await listSessions(asked);
      forgetLaunches(asked.filter(({ id }) => !found.some(({ launch }) => launch.id === id)));
      sessions.value = found;
      problem.value = '';
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  useEffect(() => {
    void load();
    const reload = setInterval(() => void load(), RELOAD_MS);
    const tick = setInterval(() => {
      now.value = Date.now();
    }, TICK_MS);
    return () => [reload, tick].forEach(clearInterval);
  }, []);
  return { sessions, problem, now, load };
};

/** The sessions that were started from this browser, with the time that each has left. */
export const SessionsPage = () => {
  const { sessions, problem, now, load } = useSessions();
  useEffect(() => {
    document.title = 'Your sessions · Slipway';
  }, []);
  return (
    <section>
      <h1>Your sessions</h1>
      {problem.value !== '' && <p role="alert">{problem.value}</p>}
      {sessions.value?.length === 0 && <p>No session was started from this browser, or all are long over.</p>}
      <ul class="sessions">
        {sessions.value?.map((session) => (
          <SessionCard key={session.view.id} session={session} now={now.value} onChange={() => void load()} />
        ))}
      </ul>
    </section>
  );
};
