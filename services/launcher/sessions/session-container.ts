import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import type { SessionSpec } from '../../contracts/session.ts';
import type { Settings } from '../../contracts/settings.ts';
import { makeSessionCommand } from './session-command.ts';
import { renderSessionLabels } from './session-labels.ts';
import type { StartOptions } from './session-runtime.ts';

const MIB = 1024 * 1024;
const NANO = 1_000_000_000;

export type SessionContainer = StartOptions & {
  readonly instance: string;
  readonly network: string;
  readonly limits: Settings['sessions'];
};

export const makeContainerName = (sessionId: string): string => `slipway-${sessionId}`;

/** Two files, so that the end of the log outlives a rotation; both together keep within the limit. */
const makeLogConfig = (logMib: number): HostConfig['LogConfig'] => ({
  Type: 'json-file',
  Config: { 'max-size': `${logMib * 512}k`, 'max-file': '2' },
});

/** The flags of operations 6.2: what a stranger's code may use, and nothing beyond. */
const makeHostConfig = (network: string, limits: Settings['sessions']): HostConfig => ({
  NetworkMode: network,
  Memory: limits.memoryMib * MIB,
  MemorySwap: limits.memoryMib * MIB,
  NanoCpus: Math.round(limits.cpus * NANO),
  PidsLimit: limits.pids,
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges'],
  Init: true,
  IpcMode: 'private',
  Ulimits: [
    { Name: 'nofile', Soft: 8192, Hard: 8192 },
    { Name: 'core', Soft: 0, Hard: 0 },
  ],
  OomScoreAdj: 500,
  LogConfig: makeLogConfig(limits.logMib),
  RestartPolicy: { Name: 'no' },
});

const makeEnvironment = (spec: SessionSpec, token: string): string[] => {
  const variables = {
    JUPYTER_TOKEN: token,
    BINDER_REPO_URL: spec.repoUrl,
    BINDER_REF_URL: spec.refUrl,
    BINDER_REQUEST: spec.request,
    BINDER_PERSISTENT_REQUEST: spec.persistentRequest,
    ...(spec.launchHost === undefined ? {} : { BINDER_LAUNCH_HOST: spec.launchHost }),
  };
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`);
};

/** Everything that the engine needs to know to make the container of a session. The image's entry point stays. */
export const makeSessionContainer = (options: SessionContainer): ContainerCreateOptions => ({
  name: makeContainerName(options.spec.id),
  Image: options.spec.image,
  Cmd: makeSessionCommand(options.basePath),
  Env: makeEnvironment(options.spec, options.token),
  User: '1000',
  Labels: renderSessionLabels(options.spec, options.instance),
  HostConfig: makeHostConfig(options.network, options.limits),
});
