import type { Database } from '../../platform/sqlite.ts';

type Pending = { readonly write: () => void; readonly done: () => void; readonly failed: (error: unknown) => void };

/** Runs a write in a transaction; resolves when it is committed, rejects with what it throws. */
export type GroupCommit = (write: () => void) => Promise<void>;

const runOne = ({ write, done, failed }: Pending): (() => void) => {
  try {
    write();
    return done;
  } catch (error) {
    return () => failed(error);
  }
};

const runAll = (database: Database, batch: readonly Pending[]): void => {
  try {
    database.exec('BEGIN IMMEDIATE');
    const answers = batch.map(runOne);
    database.exec('COMMIT');
    for (const answer of answers) answer();
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    for (const { failed } of batch) failed(error);
  }
};

/**
 * Commits together what is asked for in one turn of the event loop: a line of a build that hundreds follow is written
 * hundreds of times, and a transaction costs more than a write.
 */
export const createGroupCommit = (database: Database): GroupCommit => {
  let batch: Pending[] = [];
  const flush = (): void => {
    const writes = batch;
    batch = [];
    runAll(database, writes);
  };
  return (write) =>
    new Promise((done, failed) => {
      if (batch.length === 0) setImmediate(flush);
      batch.push({ write, done, failed });
    });
};
