import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createBuilder, type Builder } from '../../builder/main.ts';
import type { Settings } from '../../contracts/settings.ts';
import type { DockerEngine } from '../../platform/docker-engine.ts';
import { createLogger, type Logger } from '../../platform/logger.ts';
import { checkEngineSpace, lockDataDirectory, prepareDataDirectory } from '../data-directory.ts';
import { ensureEngine } from '../ensure-engine.ts';
import { ensurePackages } from '../ensure-packages.ts';
import { environment } from '../environment.ts';
import { readSettings, type SettingsOptions } from '../read-settings.ts';
import { reportToTerminal as report } from '../report.ts';
import { readSurroundings } from '../surroundings.ts';

/** What every process that serves stands on. */
export type Ground = {
  readonly settings: Settings;
  readonly engine: DockerEngine;
  readonly builder: Builder;
  readonly logger: Logger;
};

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

/** Work of a killed server is of no use to the next; the lock says that nobody else works there. */
const prepareWorkDirectory = (data: string): string => {
  const directory = join(data, 'work');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  return directory;
};

const prepareEngine = async (settings: Settings): Promise<DockerEngine> => {
  const env = environment;
  await ensurePackages([{ program: 'git', package: 'git' }], { report, env, code: 'CONFIG_PROGRAM_MISSING' });
  const engine = await ensureEngine({ settings, env, report });
  await checkEngineSpace(engine);
  return engine;
};

/** Installs what is missing and connects to the engine. */
export const prepareGround = async (settings: Settings): Promise<Ground> => {
  const engine = await prepareEngine(settings);
  const logger = createLogger({ level: settings.logLevel });
  const builder = createBuilder(settings, engine, {
    ...readSurroundings(settings, environment, prepareWorkDirectory(settings.data)),
    onPushFailure: (error) => logger.warn({ err: error, code: error.code }, 'an image is not in the registry'),
  });
  return { settings, engine, builder, logger };
};

/** Holds the data directory of the settings and runs until a signal; one that comes early is no failure. */
export const runUntilStopped = async (
  options: SettingsOptions,
  run: (settings: Settings, signal: AbortSignal) => Promise<void>,
): Promise<void> => {
  const settings = readSettings(options, environment);
  prepareDataDirectory(settings.data);
  using _lock = lockDataDirectory(settings.data);
  const signal = listenForStop();
  try {
    await run(settings, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    report('Stopped before the server was ready.');
  }
};
