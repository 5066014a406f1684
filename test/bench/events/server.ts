import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSqliteBuildQueue } from '../../../services/launcher/builds/sqlite-build-queue.ts';
import { createSqliteEventLog } from '../../../services/launcher/events/sqlite-event-log.ts';
import { MIGRATIONS } from '../../../services/launcher/store.ts';
import { openDatabase } from '../../../services/platform/sqlite.ts';
import { createLauncher, makeLaunchRequest } from '../../launcher/create-launcher.ts';
import { startControl } from '../../launcher/start-control.ts';

/** What the parent asks for. */
export type Order =
  | { readonly kind: 'emit'; readonly line: number }
  | { readonly kind: 'share' }
  | { readonly kind: 'stop' };

/** What the parent is told. */
export type Word =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'shared'; readonly launch: string };

/** The real control listener on a real event log, with one image that must be built, by lines that the parent asks for. */
const directory = await mkdtemp(join(tmpdir(), 'slipway-bench-'));
const database = openDatabase(join(directory, 'slipway.sqlite'), MIGRATIONS);
const builds = createSqliteBuildQueue(database);
const { launches, images } = createLauncher({ events: createSqliteEventLog(database), builds });
images.isThere = false;
const control = await startControl({ launches, builds });
const job = builds.take(new AbortController().signal);

const say = (word: Word): void => void process.send?.(word);

const stop = async (): Promise<void> => {
  await Promise.all([control[Symbol.asyncDispose](), launches.stop()]);
  database.close();
  await rm(directory, { recursive: true, force: true });
  process.disconnect?.();
};

const obey = async (order: Order): Promise<void> => {
  switch (order.kind) {
    case 'emit': {
      const message = `#${order.line}# Collecting numpy==2.3.1 from the package index, and a line that is as long as lines are\n`;
      await (await job)?.report({ phase: 'building', message, at: Date.now() });
      break;
    }
    case 'share':
      say({ kind: 'shared', launch: (await launches.start(makeLaunchRequest())).id });
      break;
    case 'stop':
      await stop();
      break;
  }
};

process.on('message', (order: Order) => void obey(order));
say({ kind: 'listening', url: control.url });
