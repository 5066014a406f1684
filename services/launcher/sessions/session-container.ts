import type { ContainerCreateOptions, HostConfig } from 'dockerode';
import { LABELS } from '../../contracts/labels.ts';
import type { SessionSpec } from '../../contracts/session.ts';
import type { Settings } from '../../contracts/settings.ts';
import { renderSeccompProfile } from '../isolation/seccomp-profile.ts';
import type { SessionIsolation } from '../isolation/session-isolation.ts';
import { makeSessionCommand } from './session-command.ts';
import { renderSessionLabels } from './session-labels.ts';
import type { StartOptions } from './session-runtime.ts';

const MIB = 1024 * 1024;
const NANO = 1_000_000_000;

/** CPU cores as the engine counts them. */
export const toNanoCpus = (cpus: number): number => Math.round(cpus * NANO);

export type SessionContainer = StartOptions & {
  readonly instance: string;
  readonly network: string;
  readonly limits: Settings['sessions'];
  readonly isolation: Pick<SessionIsolation, 'runtime' | 'dns'>;
  /** Whether it is started for nobody yet. */
  readonly isWarm?: boolean;
};

type Confinement = Pick<SessionContainer, 'network' | 'limits' | 'isolation'>;

export const makeContainerName = (sessionId: string): string => `slipway-${sessionId}`;

/** The name tells whether a session is anybody's: whoever changes it first has it, because the engine lets only one do so. */
export const makeWarmName = (sessionId: string): string => `slipway-warm-${sessionId}`;

/** A share of the CPU so small that starts for visitors go before; it counts only while CPUs are short. */
const WARM_CPU_SHARES = 64;
export const CPU_SHARES = 1024;

/** What can also be changed while a session runs. */
export const makeLimits = ({ memoryMib, cpus, pids }: Pick<Settings['sessions'], 'memoryMib' | 'cpus' | 'pids'>) => ({
  Memory: memoryMib * MIB,
  MemorySwap: memoryMib * MIB,
  NanoCpus: toNanoCpus(cpus),
  PidsLimit: pids,
});

/** Two files, so that the end of the log outlives a rotation; both together keep within the limit. */
const makeLogConfig = (logMib: number): HostConfig['LogConfig'] => ({
  Type: 'json-file',
  Config: { 'max-size': `${logMib * 512}k`, 'max-file': '2' },
});

const SECCOMP_PROFILE = renderSeccompProfile();

/**
 * What a stranger's code may use, and nothing beyond. No limit of processes by user id: the kernel counts those of all
 * sessions together. `/tmp` is on the session's disk, which is measured, and not in its memory.
 */
const makeHostConfig = ({ network, limits, isolation }: Confinement): HostConfig & { CgroupnsMode: string } => ({
  NetworkMode: network,
  ...makeLimits({ ...limits, cpus: Math.max(limits.cpus, limits.startCpus) }),
  CapDrop: ['ALL'],
  SecurityOpt: ['no-new-privileges', `seccomp=${SECCOMP_PROFILE}`],
  Privileged: false,
  Init: true,
  IpcMode: 'private',
  CgroupnsMode: 'private',
  Dns: [...isolation.dns],
  ...(isolation.runtime === '' ? {} : { Runtime: isolation.runtime }),
  Ulimits: [
    { Name: 'nofile', Soft: 8192, Hard: 8192 },
    { Name: 'core', Soft: 0, Hard: 0 },
  ],
  OomScoreAdj: 500,
  LogConfig: makeLogConfig(limits.logMib),
  RestartPolicy: { Name: 'no' },
});

/** What a session is told about its launch; one that waits for whatever repository comes is told nothing yet. */
export const makeLaunchVariables = (spec: Omit<SessionSpec, 'id'>): Readonly<Record<string, string>> => {
  const variables = {
    BINDER_REPO_URL: spec.repoUrl,
    BINDER_REF_URL: spec.refUrl,
    BINDER_REQUEST: spec.request,
    BINDER_PERSISTENT_REQUEST: spec.persistentRequest,
    BINDER_LAUNCH_HOST: spec.launchHost ?? '',
  };
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
};

const makeEnvironment = (spec: SessionSpec, token: string): string[] =>
  Object.entries({ JUPYTER_TOKEN: token, ...makeLaunchVariables(spec) }).map(([name, value]) => `${name}=${value}`);

/** Everything that the engine needs to know to make the container of a session. The image's entry point stays. */
export const makeSessionContainer = ({ isWarm = false, ...options }: SessionContainer): ContainerCreateOptions => ({
  name: isWarm ? makeWarmName(options.spec.id) : makeContainerName(options.spec.id),
  Hostname: 'session',
  Image: options.spec.image,
  Cmd: makeSessionCommand(options.basePath),
  Env: makeEnvironment(options.spec, options.token),
  User: '1000',
  Labels: { ...renderSessionLabels(options.spec, options.instance), ...(isWarm ? { [LABELS.warm]: 'true' } : {}) },
  HostConfig: {
    ...makeHostConfig({ ...options, limits: { ...options.limits, ...options.spec.limits } }),
    CpuShares: isWarm ? WARM_CPU_SHARES : CPU_SHARES,
  },
});
