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
  const ofRepository = (kind: string, canonical: string): readonly Duration[] =>
    all.filter((duration) => duration.kind === kind && duration.canonical === canonical);
  return {
    note: async (duration) => void all.push(duration),
    usualOf: async (kind, canonical) => medianOf(ofRepository(kind, canonical)),
    usual: async (kind, canonical) =>
      medianOf(ofRepository(kind, canonical)) ?? medianOf(all.filter((duration) => duration.kind === kind)),
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
