import type { Settings } from '../contracts/settings.ts';
import { createStores } from '../launcher/stores.ts';
import { ensureWeb } from './ensure-web.ts';
import { environment } from './environment.ts';
import { requireRedis } from './require-redis.ts';
import type { SettingsOptions } from './read-settings.ts';
import { reportToTerminal as report } from './report.ts';
import { prepareGround, runUntilStopped } from './serving/prepare.ts';
import { checkPorts, serveLaunches } from './serving/serve-launches.ts';

const serve = async (settings: Settings, signal: AbortSignal): Promise<void> => {
  requireRedis(settings);
  await checkPorts(settings);
  const webDist = await ensureWeb(report, environment);
  const ground = await prepareGround(settings);
  const stores = await createStores(settings, ground.logger);
  try {
    await serveLaunches({ ...ground, stores, webDist }, signal);
  } finally {
    await stores.close();
  }
};

/** `slipway launcher`: one of any number of launchers, which share a Redis with each other and with the builders. */
export const runLauncher = (options: SettingsOptions): Promise<void> => runUntilStopped(options, serve);
