import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MIGRATIONS } from '../../services/launcher/store.ts';
import { openDatabase, type Database } from '../../services/platform/sqlite.ts';

/** Makes adapters over database files of their own, which can be opened again as after a restart. */
export const createStoresOnDisk = <Adapter>(open: (database: Database) => Adapter) => {
  const directory = mkdtempSync(join(tmpdir(), 'slipway-store-'));
  const create = (): { readonly adapter: Adapter; readonly reopen: () => Adapter } => {
    const file = join(directory, `${crypto.randomUUID()}.sqlite`);
    const database = openDatabase(file, MIGRATIONS);
    const reopen = (): Adapter => {
      database.close();
      return open(openDatabase(file, MIGRATIONS));
    };
    return { adapter: open(database), reopen };
  };
  return { create, remove: () => rmSync(directory, { recursive: true }) };
};
