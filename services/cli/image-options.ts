import type { BuildExtras } from '../builder/builder-parts.ts';
import { makeUsageError, parsePairs } from './parse-pairs.ts';
import type { SettingsOptions } from './read-settings.ts';
import { readImageUser } from './user-options.ts';

/** Options of every command that makes an image; names and meaning are repo2docker's. */
export type ImageOptions = SettingsOptions & {
  readonly ref?: string;
  readonly subdir?: string;
  readonly imageName?: string;
  readonly appendix?: string;
  readonly label?: readonly string[];
  readonly buildArg?: readonly string[];
  readonly userId?: string;
  readonly userName?: string;
  readonly targetRepoDir?: string;
  readonly cacheFrom?: readonly string[];
  readonly push?: boolean;
  readonly clean?: boolean;
  readonly engine?: string;
  /** yyyy-mm-dd, or `commit`. */
  readonly asOf?: string;
  /** A file that `slipway inspect --lock` printed. */
  readonly locked?: string;
  readonly jsonLogs?: boolean;
  readonly debug?: boolean;
};

const REGISTRY_NAME =
  /^[a-z0-9]+([._-]+[a-z0-9]+)*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][\w.-]{0,127})?$/;

const checkOptions = (options: ImageOptions): void => {
  if (options.engine !== undefined && options.engine !== 'docker')
    throw makeUsageError(
      `--engine ${options.engine} is not supported.`,
      'Leave --engine out; the setting dockerHost names a Docker engine, or another that speaks its API.',
    );
  if (options.imageName !== undefined && !REGISTRY_NAME.test(options.imageName))
    throw makeUsageError(
      `${options.imageName} is not a name for an image.`,
      'Use lower-case letters, digits, dots, dashes, slashes and at most one :TAG, such as me/analysis:2.',
    );
};

/** The day of `--as-of`. Throws CONFIG_INVALID for what is none, or has not been yet. */
export const readAsOf = ({ asOf }: ImageOptions, now: number): string | undefined => {
  if (asOf === undefined || asOf === 'commit') return asOf;
  const time = /^\d{4}-\d{2}-\d{2}$/.test(asOf) ? Date.parse(`${asOf}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(asOf) && time <= now) return asOf;
  throw makeUsageError(
    `--as-of ${asOf} is not a day that has been.`,
    'Write --as-of 2026-01-31, or --as-of commit for the day of the commit that is built.',
  );
};

const parseLabels = ({ label }: ImageOptions): Readonly<Record<string, string>> => {
  const labels = parsePairs(label, { option: '--label' });
  const own = Object.keys(labels).find((name) => name.startsWith('slipway.'));
  if (own === undefined) return labels;
  throw makeUsageError(`The label ${own} is Slipway's own record.`, 'Choose a name that does not start with slipway.');
};

/** What the options add to an image. Throws CONFIG_INVALID for what no image of Slipway can have. */
export const readExtras = (options: ImageOptions, env: Readonly<NodeJS.ProcessEnv>): BuildExtras => {
  checkOptions(options);
  return {
    appendix: options.appendix ?? '',
    labels: parseLabels(options),
    buildArgs: parsePairs(options.buildArg, { option: '--build-arg', inherited: env }),
    showsDockerfiles: options.debug === true,
    user: readImageUser(options),
  };
};

/** What is accepted and changes nothing, one sentence each. */
export const listNotices = ({ cacheFrom, clean, buildArg }: ImageOptions): readonly string[] => [
  ...(cacheFrom === undefined
    ? []
    : ['--cache-from is not needed: environments are found by what they install, whatever they were built from.']),
  ...(clean === false
    ? ['--no-clean has no effect: what was downloaded is removed; --debug shows each Dockerfile.']
    : []),
  ...(buildArg === undefined
    ? []
    : ['Values of --build-arg are not shown here, but Docker keeps them in the history of an image that uses them.']),
];
