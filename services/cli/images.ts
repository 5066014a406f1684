import { createDockerHousekeeper } from '../builder/image/docker-housekeeper.ts';
import type { Removed } from '../builder/image/housekeeper.ts';
import { listImages } from '../builder/image/list-images.ts';
import type { Settings } from '../contracts/settings.ts';
import { SlipwayError } from '../contracts/slipway-error.ts';
import { findLastLaunches } from '../launcher/stores.ts';
import { systemClock } from '../platform/clock.ts';
import { connectDockerEngine, type DockerEngine } from '../platform/docker-engine.ts';
import { createLogger, type Logger } from '../platform/logger.ts';
import { environment } from './environment.ts';
import { readSettings, type SettingsOptions } from './read-settings.ts';
import { renderImages, renderRemoved } from './render-images.ts';

export type ImagesOptions = SettingsOptions & { readonly json: boolean; readonly prune: boolean };

const connect = async (settings: Settings): Promise<DockerEngine> => {
  const engine = connectDockerEngine(settings.dockerHost || (environment['DOCKER_HOST'] ?? ''));
  await engine.ping().catch((error: unknown) => {
    throw new SlipwayError('CONFIG_ENGINE_UNREACHABLE', { cause: error });
  });
  return engine;
};

const makeLogger = (): Logger => createLogger({ level: 'warn' });

const prune = (engine: DockerEngine, settings: Settings): Promise<Removed> =>
  createDockerHousekeeper(engine, {
    settings,
    lastLaunches: () => findLastLaunches(settings, makeLogger()),
    clock: systemClock,
    logger: makeLogger(),
  }).clear();

const list = async (engine: DockerEngine, settings: Settings, json: boolean): Promise<string> => {
  const images = await listImages(engine);
  const launches = await findLastLaunches(settings, makeLogger());
  if (!json) return renderImages({ images, launches, now: Date.now() });
  const described = images.map((image) => ({ ...image, launchedAt: launches.get(image.name) }));
  return `${JSON.stringify(described, null, 2)}\n`;
};

/** `slipway images`: lists the images that were made here, newest first, or removes what is not in use. */
export const runImages = async ({ json, prune: prunes, ...options }: ImagesOptions): Promise<void> => {
  const settings = readSettings(options, environment);
  const engine = await connect(settings);
  if (!prunes) {
    process.stdout.write(await list(engine, settings, json));
    return;
  }
  const removed = await prune(engine, settings);
  process.stdout.write(json ? `${JSON.stringify(removed, null, 2)}\n` : renderRemoved(removed));
};
