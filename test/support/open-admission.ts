import { createAdmission, type Admission, type AdmissionParts } from '../../services/launcher/admission/admit.ts';
import type { Duration, Durations } from '../../services/launcher/admission/durations.ts';
import { createMemoryAdmissionQueue } from '../../services/launcher/admission/memory-admission-queue.ts';
import { systemClock } from '../../services/platform/clock.ts';

/** Durations that live as long as the object. */
export const createMemoryDurations = (): Durations => {
  const all: Duration[] = [];
  const median = (durations: readonly Duration[]): number | undefined =>
    durations
      .slice(-25)
      .map(({ seconds }) => seconds)
      .toSorted((left, right) => left - right)[Math.floor(Math.min(durations.length, 25) / 2)];
  return {
    note: (duration) => void all.push(duration),
    usual: (kind, canonical) => {
      const ofKind = all.filter((duration) => duration.kind === kind);
      return median(ofKind.filter((duration) => duration.canonical === canonical)) ?? median(ofKind);
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
    clock: systemClock,
    ...overrides,
    settings: { sessions: 0, sessionsPerRepository: 0, sessionsPerClient: 0, waiting: 100, ...overrides.settings },
  });
