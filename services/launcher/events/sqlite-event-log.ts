import type { LaunchEvent } from '../../contracts/launch-event.ts';
import { isTerminal } from '../../contracts/launch-event.ts';
import type { LaunchRequest } from '../../contracts/launch.ts';
import type { Database } from '../../platform/sqlite.ts';
import type { EventLog, LaunchRecord, LoggedEvent } from './event-log.ts';
import { createEventTails, type EventTails } from './event-tails.ts';
import { renderEventText } from './event-text.ts';
import { createGroupCommit } from './group-commit.ts';
import { createWakeUp, type WakeUp } from './wake-up.ts';

/** Rows read at a time, so that a slow reader of a long log does not hold all of it in memory. */
const BATCH = 200;

/** Nobody looks for a launch after this long; its log goes with it, so that the database does not grow for ever. */
const KEEP_MS = 30 * 24 * 3600 * 1000;

const prepareStatements = (database: Database) => ({
  create: database.prepare('INSERT INTO launches (id, created_at, request) VALUES (?, ?, ?)'),
  forget: database.prepare('DELETE FROM launches WHERE created_at < ?'),
  find: database.prepare('SELECT id, created_at, request FROM launches WHERE id = ?'),
  append: database.prepare(
    `INSERT INTO launch_events (launch, seq, event, terminal)
     SELECT ?1, coalesce(max(seq), 0) + 1, ?2, ?3 FROM launch_events WHERE launch = ?1 RETURNING seq`,
  ),
  after: database.prepare('SELECT seq, event FROM launch_events WHERE launch = ? AND seq > ? ORDER BY seq LIMIT ?'),
  list: database.prepare('SELECT seq, event FROM launch_events WHERE launch = ? AND seq > ? ORDER BY seq'),
  last: database.prepare('SELECT seq, event FROM launch_events WHERE launch = ? ORDER BY seq DESC LIMIT 1'),
  isOver: database.prepare('SELECT 1 FROM launch_events WHERE launch = ? AND terminal = 1'),
  unfinished: database.prepare(
    `SELECT id, created_at, request FROM launches
     WHERE NOT EXISTS (SELECT 1 FROM launch_events WHERE launch = id AND terminal = 1) ORDER BY created_at, id`,
  ),
});

type Row = Record<string, unknown>;

const toRecord = (row: Row): LaunchRecord => ({
  id: String(row['id']),
  createdAt: Number(row['created_at']),
  request: JSON.parse(String(row['request'])) as LaunchRequest,
});

const toLogged = (row: Row): LoggedEvent<LaunchEvent> => ({
  seq: Number(row['seq']),
  event: JSON.parse(String(row['event'])) as LaunchEvent,
});

type Reading = {
  readonly statements: ReturnType<typeof prepareStatements>;
  readonly wakeUp: WakeUp;
  readonly tails: EventTails;
};

const createReading = ({ statements, wakeUp, tails }: Reading): EventLog['read'] =>
  async function* read(launchId, afterSeq, signal) {
    let last = afterSeq;
    while (!signal.aborted) {
      const next = tails.after(launchId, last) ?? statements.after.all(launchId, last, BATCH).map(toLogged);
      for (const logged of next) {
        if (signal.aborted) return;
        yield logged;
        last = logged.seq;
        if (isTerminal(logged.event)) return;
      }
      if (next.length > 0) continue;
      if (statements.isOver.get(launchId) !== undefined) return;
      await wakeUp.wait(launchId, signal);
    }
  };

/** The history of launches in a database of MIGRATIONS; readers are woken inside of this process. */
export const createSqliteEventLog = (database: Database): EventLog => {
  const statements = prepareStatements(database);
  const wakeUp = createWakeUp();
  const tails = createEventTails();
  const commit = createGroupCommit(database);
  /** What this process runs; whatever else is unfinished has lost its process, because there is one at a time. */
  const mine = new Set<string>();
  const unfinished = (): LaunchRecord[] => statements.unfinished.all().map(toRecord);

  return {
    create: async ({ id, createdAt, request }) => {
      statements.create.run(id, createdAt, JSON.stringify(request));
      mine.add(id);
      if (statements.forget.run(createdAt - KEEP_MS).changes > 0) tails.clear();
    },
    find: async (launchId) => {
      const row = statements.find.get(launchId);
      return row === undefined ? undefined : toRecord(row);
    },
    append: async (launchId, event) => {
      let seq = 0;
      await commit(() => {
        const row = statements.append.get(launchId, renderEventText(event), isTerminal(event) ? 1 : 0);
        seq = Number(row?.['seq']);
      });
      if (isTerminal(event)) mine.delete(launchId);
      tails.add(launchId, { seq, event });
      wakeUp.wake(launchId);
      return seq;
    },
    read: createReading({ statements, wakeUp, tails }),
    list: async (launchId, afterSeq) => statements.list.all(launchId, afterSeq).map(toLogged),
    last: async (launchId) => {
      const row = statements.last.get(launchId);
      return row === undefined ? undefined : toLogged(row);
    },
    unfinished: async () => unfinished(),
    adopt: async () => {
      const adopted = unfinished().filter(({ id }) => !mine.has(id));
      for (const { id } of adopted) mine.add(id);
      return adopted;
    },
    release: async (launchId) => void mine.delete(launchId),
  };
};
