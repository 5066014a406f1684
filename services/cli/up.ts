import type { Settings } from '../contracts/settings.ts';
import { createStores } from '../launcher/stores.ts';
import { ensureWeb } from './ensure-web.ts';
import { environment } from './environment.ts';
import type { SettingsOptions } from './read-settings.ts';
import { reportToTerminal as report } from './report.ts';
import { prepareGround, runUntilStopped } from './serving/prepare.ts';
import { prepareBuilds, serveBuilds } from './serving/serve-builds.ts';
import { checkPorts, serveLaunches } from './serving/serve-launches.ts';

const serve = async (settings: Settings, signal: AbortSignal): Promise<void> => {
  await checkPorts(settings);
  const webDist = await ensureWeb(report, environment);
  const ground = await prepareGround(settings);
  await prepareBuilds(ground, signal);
  const stores = await createStores(settings, ground.logger);
  try {
    await serveLaunches({ ...ground, stores, webDist }, signal, () => serveBuilds(ground, stores, signal));
  } finally {
    await stores.close();
  }
};

/** `slipway up`: installs what is missing, makes the base image, serves, and drains at SIGINT or SIGTERM. */
export const runUp = (options: SettingsOptions): Promise<void> => runUntilStopped(options, serve);
