import { statSync } from 'node:fs';
import { Policy } from '../../contracts/policy.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { ConfigError, ConfigFileError, loadConfig } from '../../platform/config-loader.ts';
import type { Logger } from '../../platform/logger.ts';
import { makeNetworks } from './client-network.ts';

/** Gives the policy as it is now. */
export type ReadPolicy = () => Policy;

const load = (file: string | undefined): Policy => {
  const policy = loadConfig(Policy, { file, env: {}, prefix: 'POLICY' });
  makeNetworks(policy.blockClients.map(({ network }) => network));
  return policy;
};

const explain = (file: string, error: unknown): SlipwayError => {
  if (error instanceof ConfigFileError) return new SlipwayError('CONFIG_FILE_UNREADABLE', { message: error.message });
  const problem = error instanceof ConfigError || error instanceof RangeError ? error.message : String(error);
  return new SlipwayError('CONFIG_INVALID', { message: `The policy ${file} is not valid:\n${problem}`, cause: error });
};

/** What tells one content of the file from the next, also when a file of the same size replaces it at once. */
const fingerprint = (file: string): string => {
  const { mtimeMs, ctimeMs, size, ino } = statSync(file);
  return `${mtimeMs} ${ctimeMs} ${size} ${ino}`;
};

/**
 * Reads the policy, and again whenever its file changed. A file that is not valid any more, or gone, changes nothing:
 * the last valid policy stays in force and the log says why. Throws CONFIG_INVALID or CONFIG_FILE_UNREADABLE only here.
 */
export const openPolicyFile = (file: string, log: Logger): ReadPolicy => {
  if (file === '') {
    const policy = load(undefined);
    return () => policy;
  }
  const readOrThrow = () => {
    try {
      return { seen: fingerprint(file), policy: load(file) };
    } catch (error) {
      throw explain(file, error instanceof Error && 'code' in error ? new ConfigFileError(error.message) : error);
    }
  };
  let { seen, policy } = readOrThrow();
  return () => {
    const now = statSync(file, { throwIfNoEntry: false }) === undefined ? '' : fingerprint(file);
    if (now === seen) return policy;
    seen = now;
    try {
      ({ seen, policy } = readOrThrow());
      log.info({ file }, 'the policy was read again');
    } catch (error) {
      log.error({ file, err: error }, 'the policy is not valid; the last valid one stays in force');
    }
    return policy;
  };
};
