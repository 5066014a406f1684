import { existsSync } from 'node:fs';
import { SlipwayError } from '../contracts/slipway-error.ts';
import { endAllSessions } from '../launcher/main.ts';
import { connectDockerEngine } from '../platform/docker-engine.ts';
import { createLogger } from '../platform/logger.ts';
import { isDataDirectoryInUse } from './data-directory.ts';
import { environment } from './environment.ts';
import { readSettings, type SettingsOptions } from './read-settings.ts';
import { reportToTerminal } from './report.ts';

const plural = (count: number): string => `${count} session${count === 1 ? '' : 's'}`;

/** `slipway down`: stops all sessions of a data directory, whether or not its server runs. */
export const runDown = async (options: SettingsOptions): Promise<void> => {
  const settings = readSettings(options, environment);
  if (!existsSync(settings.data)) {
    reportToTerminal(`There is no data directory ${settings.data}, so there is nothing to stop.`);
    return;
  }
  const engine = connectDockerEngine(settings.dockerHost || (environment['DOCKER_HOST'] ?? ''));
  await engine.ping().catch((error: unknown) => {
    throw new SlipwayError('CONFIG_ENGINE_UNREACHABLE', { cause: error });
  });
  const logger = createLogger({ level: 'warn' });
  const isServing = isDataDirectoryInUse(settings.data);
  const stopped = await endAllSessions({
    settings,
    engine,
    logger,
    keepNetwork: isServing || settings.redis.url !== '',
  });
  reportToTerminal(
    `${plural(stopped)} stopped.${isServing ? ' The server itself goes on; end it with Ctrl-C or SIGTERM.' : ''}`,
  );
};
