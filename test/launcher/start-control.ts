import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionEnd } from '../../services/contracts/session.ts';
import { createControlApp, type ControlAppParts } from '../../services/launcher/app.ts';
import type { LaunchServiceParts } from '../../services/launcher/launches.ts';
import { createSqlitePoolDemands } from '../../services/launcher/pool/pool-demands.ts';
import { createSessionAccess } from '../../services/launcher/sessions/session-access.ts';
import { createSessionDirectory } from '../../services/launcher/sessions/session-directory.ts';
import { createSessionHistory } from '../../services/launcher/sessions/session-history.ts';
import { createSessionLife } from '../../services/launcher/sessions/session-life.ts';
import { MIGRATIONS } from '../../services/launcher/store.ts';
import { systemClock } from '../../services/platform/clock.ts';
import { createLogger } from '../../services/platform/logger.ts';
import { openDatabase } from '../../services/platform/sqlite.ts';
import { createFakeSessionRuntime } from '../support/fake-session-runtime.ts';
import { createLauncher } from './create-launcher.ts';

const PAGE = '<!doctype html><html><head><title>Slipway</title></head><div id="app"></div>';

const createWebDist = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'web-dist-'));
  await mkdir(join(directory, 'assets'));
  await writeFile(join(directory, 'index.html'), PAGE);
  await writeFile(join(directory, 'assets', 'index-abc123.js'), 'export {};');
  await writeFile(join(directory, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  return directory;
};

/** Sessions that are only remembered, with everything that may be done to them. */
const createSessions = () => {
  const clock = systemClock;
  const runtime = createFakeSessionRuntime();
  const history = createSessionHistory(openDatabase(':memory:', MIGRATIONS));
  const directory = createSessionDirectory({ runtime, history, clock });
  const limits = { idleSeconds: 1200, maxAgeSeconds: 21_600, downloadMib: 1 };
  const logger = createLogger({ level: 'silent' });
  const ended: string[] = [];
  const onEnded = ({ code }: SessionEnd): void => void ended.push(code);
  const life = createSessionLife({ runtime, directory, history, limits, clock, logger, onEnded });
  return { runtime, history, directory, life, ended, keys: createSessionAccess({ secret: Buffer.from('x'), clock }) };
};

type ControlOverrides = Partial<ControlAppParts> & { readonly launcher?: Partial<LaunchServiceParts> };

/** The control listener on a real socket, with a launcher in memory behind it. */
export const startControl = async ({ launcher: parts, ...overrides }: ControlOverrides = {}) => {
  const launcher = createLauncher(parts);
  const webDist = await createWebDist();
  const { life, keys, ...kept } = createSessions();
  const app = createControlApp({
    ...launcher.parts,
    life,
    keys,
    settings: { publicUrl: '', sessionUrl: '', adminToken: '', trustedProxies: [] },
    sessionPort: () => 8181,
    builds: launcher.builds,
    launches: launcher.launches,
    welcome: async () => ({ client: undefined, headers: {} }),
    countSessions: () => 3,
    waiting: { demands: createSqlitePoolDemands(openDatabase(':memory:', MIGRATIONS)), count: () => 2, most: 20 },
    checks: [],
    webDist,
    version: '1.2.3',
    ...overrides,
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  return {
    ...launcher,
    ...kept,
    keys,
    app,
    url,
    [Symbol.asyncDispose]: async () => {
      await app.close();
      await launcher.launches.stop();
      await rm(webDist, { recursive: true });
    },
  };
};

export const streamHeaders = { accept: 'text/event-stream' };

/** Reads a stream of events as text until it has this many blocks with data. */
export const readBlocks = async (response: Response, count: number): Promise<string[]> => {
  const blocks: string[] = [];
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    blocks.push(...parts.filter((part) => part.includes('data:')));
    if (blocks.length >= count) break;
  }
  return blocks;
};

export type StreamData = Record<string, unknown> & { phase?: string; message?: string };

/** What is in the data line of a block. */
export const dataOf = (block: string | undefined): StreamData =>
  JSON.parse(/^data: (.*)$/m.exec(block ?? '')?.[1] ?? '{}') as StreamData;
