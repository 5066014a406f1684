import { resolve } from 'node:path';
import { Settings } from '../contracts/settings.ts';
import { SlipwayError } from '../contracts/slipway-error.ts';
import { ConfigError, ConfigFileError, loadConfig } from '../platform/config-loader.ts';

/** The options that several commands share; a value given here wins over the file and the environment. */
export type SettingsOptions = {
  readonly config?: string;
  readonly host?: string;
  readonly port?: string;
  readonly sessionPort?: string;
  readonly data?: string;
  readonly allowHost?: readonly string[];
};

const overridesOf = ({ host, port, sessionPort, data, allowHost }: SettingsOptions): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries({ host, port, sessionPort, data, allowHosts: allowHost }).filter(([, value]) => value !== undefined),
  );

const toCatalogue = (error: unknown): unknown => {
  if (error instanceof ConfigFileError)
    return new SlipwayError('CONFIG_FILE_UNREADABLE', { message: error.message, cause: error });
  if (!(error instanceof ConfigError)) return error;
  const lines = error.problems.map(({ setting, problem }) => `  ${setting}: ${problem}`);
  return new SlipwayError('CONFIG_INVALID', {
    message: ['These settings are not valid:', ...lines].join('\n'),
    cause: error,
  });
};

/** Reads the settings of this process: defaults, then `--config`, then SLIPWAY_… variables, then options. */
export const readSettings = (options: SettingsOptions, env: NodeJS.ProcessEnv): Settings => {
  try {
    const file = options.config ?? env['SLIPWAY_CONFIG'];
    const settings = loadConfig(Settings, { file, env, prefix: 'SLIPWAY', overrides: overridesOf(options) });
    return { ...settings, data: resolve(settings.data) };
  } catch (error) {
    throw toCatalogue(error);
  }
};
