import { listImages } from '../builder/image/list-images.ts';
import { SlipwayError } from '../contracts/slipway-error.ts';
import { findLastLaunches } from '../launcher/main.ts';
import { connectDockerEngine } from '../platform/docker-engine.ts';
import { environment } from './environment.ts';
import { readSettings, type SettingsOptions } from './read-settings.ts';
import { renderImages } from './render-images.ts';

export type ImagesOptions = SettingsOptions & { readonly json: boolean };

/** `slipway images`: lists the images that were made here, newest first, as a table or as JSON. */
export const runImages = async ({ json, ...options }: ImagesOptions): Promise<void> => {
  const settings = readSettings(options, environment);
  const engine = connectDockerEngine(settings.dockerHost || (environment['DOCKER_HOST'] ?? ''));
  await engine.ping().catch((error: unknown) => {
    throw new SlipwayError('CONFIG_ENGINE_UNREACHABLE', { cause: error });
  });
  const images = await listImages(engine);
  const launches = findLastLaunches(settings.data);
  if (!json) {
    process.stdout.write(renderImages({ images, launches, now: Date.now() }));
    return;
  }
  const described = images.map((image) => ({ ...image, launchedAt: launches.get(image.name) }));
  process.stdout.write(`${JSON.stringify(described, null, 2)}\n`);
};
