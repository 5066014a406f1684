import type { Settings } from '../contracts/settings.ts';
import { systemClock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { createAdmission } from './admission/admit.ts';
import type { RunningSession } from './admission/settle-queue.ts';
import { createBlockedClients } from './admission/blocked-clients.ts';
import type { NameClient } from './admission/client-network.ts';
import { openPolicyFile } from './admission/policy-file.ts';
import { createWelcome } from './admission/welcome.ts';
import type { WarmPool } from './pool/warm-pool.ts';
import type { LiveSession, SessionDirectory } from './sessions/session-directory.ts';
import type { SessionRuntime } from './sessions/session-runtime.ts';
import type { Stores } from './stores.ts';

type AdmissionGround = {
  readonly settings: Pick<Settings, 'admission' | 'redis'>;
  readonly stores: Pick<Stores, 'admissionQueue' | 'durations' | 'limiter'>;
  readonly directory: Pick<SessionDirectory, 'all'>;
  readonly runtime: Pick<SessionRuntime, 'list'>;
  readonly pool: Pick<WarmPool, 'waiting' | 'evict'>;
  readonly nameClient: NameClient;
  readonly logger: Logger;
};

const toRunning = ({ spec, startedAt }: Pick<LiveSession, 'spec' | 'startedAt'>): RunningSession => ({
  launchId: spec.launchId,
  canonical: spec.canonical,
  client: spec.client,
  startedAt,
});

/** Everything that lets visitors and launches in. */
export const createAdmissionParts = ({
  stores,
  directory,
  runtime,
  pool,
  nameClient,
  logger,
  ...ground
}: AdmissionGround) => {
  const settings = ground.settings.admission;
  const isAlone = ground.settings.redis.url === '';
  const listSessions = async () =>
    (await runtime.list()).filter(({ state }) => state.kind === 'running').map(toRunning);
  const clock = systemClock;
  const policy = openPolicyFile(settings.policyFile, logger);
  const admission = createAdmission({
    policy,
    queue: stores.admissionQueue,
    sessions: () => directory.all().map(toRunning),
    listSessions: isAlone ? undefined : listSessions,
    warm: pool,
    durations: stores.durations,
    settings,
    clock,
    log: logger,
  });
  return {
    admission,
    welcome: createWelcome({ policy, limiter: stores.limiter, nameClient, settings, clock }),
    isBlocked: createBlockedClients(policy, nameClient),
  };
};
