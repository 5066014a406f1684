import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../contracts/settings.ts';
import { createBuilder, type Builder } from '../builder/main.ts';
import { runWorker } from '../builder/worker.ts';
import { createLauncher, type Launcher } from '../launcher/main.ts';
import { createStores, type Stores } from '../launcher/stores.ts';
import { systemClock } from '../platform/clock.ts';
import type { DockerEngine } from '../platform/docker-engine.ts';
import { createLogger, type Logger } from '../platform/logger.ts';
import { environment } from './environment.ts';
import { checkEngineSpace, lockDataDirectory, prepareDataDirectory } from './data-directory.ts';
import { ensureEngine } from './ensure-engine.ts';
import { ensurePackages } from './ensure-packages.ts';
import { ensureWeb } from './ensure-web.ts';
import { checkPortFree, listen } from './listen.ts';
import { readSettings, type SettingsOptions } from './read-settings.ts';
import { reportToTerminal as report } from './report.ts';
import { readSurroundings } from './surroundings.ts';
import { VERSION } from './version.ts';

/** Aborts at the first SIGINT or SIGTERM; a second one ends the process at once. */
const listenForStop = (): AbortSignal => {
  const stopping = new AbortController();
  const stop = (): void => {
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort(new Error('stopped by a signal'));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return stopping.signal;
};

const checkPorts = async ({ host, port, sessionPort }: Settings): Promise<void> => {
  await checkPortFree({ host, port });
  await checkPortFree({ host, port: sessionPort });
};

/** Work of a killed server is of no use to the next; the lock says that nobody else works there. */
const prepareWorkDirectory = (data: string): string => {
  const directory = join(data, 'work');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  return directory;
};

const prepareBase = async (builder: Builder, signal: AbortSignal): Promise<void> => {
  const lines = builder.ensureBase(signal);
  for (let next = await lines.next(); next.done !== true; next = await lines.next()) report(`  ${next.value}`);
};

type Serving = {
  readonly settings: Settings;
  readonly launcher: Launcher;
  readonly stores: Stores;
  readonly builder: Builder;
  readonly logger: Logger;
};

const startListening = async ({ settings, launcher }: Serving): Promise<void> => {
  const { host, port, sessionPort } = settings;
  await launcher.control.ready();
  const control = await listen(launcher.control.server, { host, port });
  const sessions = await listen(launcher.sessions.server, { host, port: sessionPort });
  const shown = host.includes(':') ? `[${host}]` : host;
  report(`Sessions are served at http://${shown}:${sessions}/. Ctrl-C ends the server; running sessions live on.`);
  process.stdout.write(`Slipway is ready: http://${shown}:${control}/\n`);
};

/** Everything that runs until the signal: listeners, the reconcile loop, the build workers. */
const serve = async (serving: Serving, signal: AbortSignal): Promise<void> => {
  const { settings, launcher, stores, builder, logger } = serving;
  const { concurrency } = settings.build;
  try {
    await startListening(serving);
    const worker = {
      jobs: stores.builds,
      build: (...job: Parameters<Builder['build']>) => builder.build(...job),
      concurrency,
      clock: systemClock,
      logger,
    };
    const housekeeper = builder.createHousekeeper({ lastLaunches: () => stores.lastLaunches(), logger });
    await Promise.all([launcher.run(signal), runWorker(worker, signal), housekeeper.run(signal)]);
    report('Stopping; running sessions live on.');
  } finally {
    await launcher.close();
    await stores.close();
  }
};

const prepareEngine = async (settings: Settings): Promise<DockerEngine> => {
  const env = environment;
  await ensurePackages([{ program: 'git', package: 'git' }], { report, env, code: 'CONFIG_PROGRAM_MISSING' });
  const engine = await ensureEngine({ settings, env, report });
  await checkEngineSpace(engine);
  return engine;
};

const prepareAndServe = async (settings: Settings, signal: AbortSignal): Promise<void> => {
  const env = environment;
  const webDist = await ensureWeb(report, env);
  const engine = await prepareEngine(settings);
  const logger = createLogger({ level: settings.logLevel });
  const builder = createBuilder(settings, engine, {
    ...readSurroundings(settings, env, prepareWorkDirectory(settings.data)),
    onPushFailure: (error) => logger.warn({ err: error, code: error.code }, 'an image is not in the registry'),
  });
  if (!builder.limitsSteps)
    logger.warn(
      'build.memoryMib, build.cpus and build.pids are not in force: they need root on the machine of the engine',
    );
  await prepareBase(builder, signal);
  await builder.sweep();
  const images = { find: (...wanted: Parameters<Builder['findImage']>) => builder.findImage(...wanted) };
  const stores = createStores(settings);
  const launcher = await createLauncher({ settings, engine, stores, env, images, logger, webDist, version: VERSION });
  await serve({ settings, launcher, stores, builder, logger }, signal);
};

/** `slipway up`: installs what is missing, makes the base image, serves, and drains at SIGINT or SIGTERM. */
export const runUp = async (options: SettingsOptions): Promise<void> => {
  const settings = readSettings(options, environment);
  prepareDataDirectory(settings.data);
  using _lock = lockDataDirectory(settings.data);
  await checkPorts(settings);
  const signal = listenForStop();
  try {
    await prepareAndServe(settings, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    report('Stopped before the server was ready.');
  }
};
