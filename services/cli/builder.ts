import type { Settings } from '../contracts/settings.ts';
import { createStores } from '../launcher/stores.ts';
import { requireRedis } from './require-redis.ts';
import type { SettingsOptions } from './read-settings.ts';
import { prepareGround, runUntilStopped } from './serving/prepare.ts';
import { prepareBuilds, serveBuilds } from './serving/serve-builds.ts';

const serve = async (settings: Settings, signal: AbortSignal): Promise<void> => {
  requireRedis(settings);
  const ground = await prepareGround(settings);
  await prepareBuilds(ground, signal);
  const stores = await createStores(settings, ground.logger);
  try {
    process.stdout.write('Slipway is ready: builds are taken.\n');
    await serveBuilds(ground, stores, signal);
  } finally {
    await stores.close();
  }
};

/** `slipway builder`: one of any number of builders, which take builds that launchers ask for. */
export const runBuilder = (options: SettingsOptions): Promise<void> => runUntilStopped(options, serve);
