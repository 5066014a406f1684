import type { Settings } from '../contracts/settings.ts';
import { systemClock } from '../platform/clock.ts';
import type { Logger } from '../platform/logger.ts';
import { createAdmission } from './admission/admit.ts';
import type { NameClient } from './admission/client-network.ts';
import { createMemoryAdmissionQueue } from './admission/memory-admission-queue.ts';
import { openPolicyFile } from './admission/policy-file.ts';
import { createWelcome } from './admission/welcome.ts';
import type { SessionDirectory } from './sessions/session-directory.ts';
import type { Stores } from './stores.ts';

type AdmissionGround = {
  readonly settings: Pick<Settings, 'admission'>;
  readonly stores: Pick<Stores, 'durations' | 'limiter'>;
  readonly directory: Pick<SessionDirectory, 'all'>;
  readonly nameClient: NameClient;
  readonly logger: Logger;
};

/** Everything that lets visitors and launches in. */
export const createAdmissionParts = ({ stores, directory, nameClient, logger, ...ground }: AdmissionGround) => {
  const settings = ground.settings.admission;
  const clock = systemClock;
  const policy = openPolicyFile(settings.policyFile, logger);
  const admission = createAdmission({
    policy,
    queue: createMemoryAdmissionQueue(),
    sessions: () =>
      directory.all().map(({ spec, startedAt }) => ({
        launchId: spec.launchId,
        canonical: spec.canonical,
        client: spec.client,
        startedAt,
      })),
    durations: stores.durations,
    settings,
    clock,
  });
  return { admission, welcome: createWelcome({ policy, limiter: stores.limiter, nameClient, settings, clock }) };
};
