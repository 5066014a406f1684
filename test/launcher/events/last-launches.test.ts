import { expect, it } from 'vitest';
import { readLastLaunches } from '../../../services/launcher/events/last-launches.ts';
import { createSqliteEventLog } from '../../../services/launcher/events/sqlite-event-log.ts';
import { MIGRATIONS } from '../../../services/launcher/store.ts';
import { openDatabase } from '../../../services/platform/sqlite.ts';
import { makeLaunchRequest } from '../create-launcher.ts';

it('knows when each image was launched last, and nothing of launches that had none', async () => {
  using database = openDatabase(':memory:', MIGRATIONS);
  const log = createSqliteEventLog(database);
  const built = (imageName: string, at: number) => ({ phase: 'built', message: '', at, imageName }) as const;
  for (const [id, event] of [
    ['one', built('slipway/a:1', 1000)],
    ['two', built('slipway/a:1', 3000)],
    ['three', built('slipway/b:1', 2000)],
    ['four', { phase: 'waiting', message: 'slipway/c:1', at: 9000 }],
  ] as const) {
    await log.create({ id, createdAt: 0, request: makeLaunchRequest() });
    await log.append(id, event);
  }
  expect(readLastLaunches(database)).toEqual(
    new Map([
      ['slipway/a:1', 3000],
      ['slipway/b:1', 2000],
    ]),
  );
});
