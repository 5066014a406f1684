import type { HostConfig } from 'dockerode';
import { resolve } from 'node:path';
import { makeUsageError, parsePairs } from './parse-pairs.ts';

export type RunOptions = {
  readonly env?: readonly string[];
  readonly volume?: readonly string[];
  readonly publish?: readonly string[];
  readonly publishAll?: boolean;
  readonly editable?: boolean;
};

/** A port of the container and where it is reached on this machine. */
export type PublishedPort = {
  readonly container: string;
  readonly hostIp: string;
  readonly hostPort: string;
};

const PUBLISH = /^(?:(?:(\[[\da-fA-F:]+\]|(?:\d{1,3}\.){3}\d{1,3}):)?(\d{0,5}):)?(\d{1,5})(?:\/(tcp|udp))?$/;

const isPort = (text: string): boolean => text === '' || (Number(text) > 0 && Number(text) <= 65_535);

/** Reads `[[IP:]HOST_PORT:]PORT[/tcp|/udp]` as Docker does; an empty host port means any free one. */
export const parsePublish = (text: string): PublishedPort => {
  const [, ip = '', hostPort = '', port = '', protocol = 'tcp'] = PUBLISH.exec(text) ?? [];
  if (port === '' || !isPort(port) || !isPort(hostPort))
    throw makeUsageError(
      `--publish ${text} is not a port mapping.`,
      'Write it as --publish [[IP:]HOST_PORT:]PORT, such as 8888:8888.',
    );
  return { container: `${Number(port)}/${protocol}`, hostIp: ip.replaceAll(/[[\]]/g, ''), hostPort };
};

/** Reads `SOURCE:TARGET[:ro]`; a source that is a path is taken from the current directory, another is a volume's name. */
export const parseVolume = (text: string): string => {
  const [, source = '', target = '', mode = ''] = /^([^:]+):(\/[^:]*)(:r[ow])?$/.exec(text) ?? [];
  if (source === '')
    throw makeUsageError(
      `--volume ${text} is not a mount.`,
      'Write it as --volume SOURCE:TARGET[:ro] with an absolute path as the target.',
    );
  return `${/^[./~]/.test(source) ? resolve(source) : source}:${target}${mode}`;
};

/** The part of a container's configuration that the options decide. */
export type RunConfig = {
  readonly env: readonly string[];
  readonly binds: readonly string[];
  readonly ports: NonNullable<HostConfig['PortBindings']>;
  /** Whether every port that the image exposes is published. */
  readonly publishesAll: boolean;
};

type RunSource = {
  readonly inherited: Readonly<NodeJS.ProcessEnv>;
  /** The directory that is run, when it is one of this machine. */
  readonly directory: string | undefined;
  readonly home: string;
};

const makeEditable = ({ directory, home }: RunSource): string => {
  if (directory !== undefined) return `${directory}:${home}`;
  throw makeUsageError('--editable needs a directory of this machine.', 'Clone the repository and run its directory.');
};

/** Reads what `slipway run` was told about its container. Throws CONFIG_INVALID. */
export const readRunOptions = (options: RunOptions, source: RunSource): RunConfig => {
  const variables = parsePairs(options.env, { option: '--env', inherited: source.inherited });
  const published = (options.publish ?? []).map(parsePublish);
  return {
    env: Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    binds: [...(options.editable === true ? [makeEditable(source)] : []), ...(options.volume ?? []).map(parseVolume)],
    publishesAll: options.publishAll === true,
    ports: Object.fromEntries(
      Object.entries(Object.groupBy(published, ({ container }) => container)).map(([container, bindings = []]) => [
        container,
        bindings.map(({ hostIp, hostPort }) => ({ HostIp: hostIp, HostPort: hostPort })),
      ]),
    ),
  };
};
