import { createAdmission, type Admission, type AdmissionParts } from '../../services/launcher/admission/admit.ts';
import { LAST_DURATIONS, median, type Duration, type Durations } from '../../services/launcher/admission/durations.ts';
import { createMemoryAdmissionQueue } from '../../services/launcher/admission/memory-admission-queue.ts';
import { systemClock } from '../../services/platform/clock.ts';
import { createLogger } from '../../services/platform/logger.ts';

/** Durations that live as long as the object. */
export const createMemoryDurations = (): Durations => {
  const all: Duration[] = [];
  const medianOf = (durations: readonly Duration[]): number | undefined =>
    median(
      durations
        .toSorted((left, right) => left.at - right.at)
        .slice(-LAST_DURATIONS)
        .map(({ seconds }) => seconds),
    );
  return {
    note: async (duration) => void all.push(duration),
    usual: async (kind, canonical) => {
      const ofKind = all.filter((duration) => duration.kind === kind);
      return medianOf(ofKind.filter((duration) => duration.canonical === canonical)) ?? medianOf(ofKind);
    },
  };
};

/** An admission that lets everybody in, but for what a test says. */
export const createTestAdmission = (
  overrides: Partial<Omit<AdmissionParts, 'settings'>> & {
    readonly settings?: Partial<AdmissionParts['settings']>;
  } = {},
): Admission =>
  createAdmission({
    policy: () => ({ allow: [], block: [], blockClients: [], profiles: [] }),
    queue: createMemoryAdmissionQueue(),
    sessions: () => [],
    durations: createMemoryDurations(),
    warm: { waiting: () => [], evict: async () => undefined },
    clock: systemClock,
    log: createLogger({ level: 'silent' }),
    ...overrides,
    settings: { sessions: 0, sessionsPerRepository: 0, sessionsPerClient: 0, waiting: 100, ...overrides.settings },
  });
