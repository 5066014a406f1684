import type { BuildEvent, BuildResult } from '../../services/contracts/build.ts';
import type { LaunchEvent } from '../../services/contracts/launch-event.ts';
import type { LaunchRequest } from '../../services/contracts/launch.ts';
import type { ResolvedRepository } from '../../services/contracts/repository.ts';
import { SlipwayError } from '../../services/contracts/slipway-error.ts';
import { createAttendance } from '../../services/launcher/attendance.ts';
import type { BuildQueue } from '../../services/launcher/builds/build-queue.ts';
import type { ContentStage } from '../../services/launcher/content/content-stage.ts';
import type { EventLog } from '../../services/launcher/events/event-log.ts';
import { createLaunchService, type LaunchServiceParts } from '../../services/launcher/launches.ts';
import { createMetrics } from '../../services/launcher/metrics.ts';
import { createRegistry } from '../../services/launcher/repo/index.ts';
import type { RepoProvider } from '../../services/launcher/repo/repo-provider.ts';
import type { SessionRequest, SessionService } from '../../services/launcher/sessions/session-service.ts';
import { systemClock } from '../../services/platform/clock.ts';
import { createLogger, type Logger } from '../../services/platform/logger.ts';
import { createMemoryDurations, createTestAdmission } from '../support/open-admission.ts';
import { createMemoryBuildQueue } from '../support/memory-build-queue.ts';
import { createMemoryEventLog } from '../support/memory-event-log.ts';

export const COMMIT = 'f7f3ff6d1bf708bdc12e5f10e18b2a90a4795603';
export const IMAGE = /^test\/example-org-repository-[0-9a-f]{10}:f7f3ff6d1bf708bdc12e5f10e18b2a90a4795603$/;

export const makeLaunchRequest = (spec = 'found/HEAD', provider = 'test'): LaunchRequest => ({
  repo: { provider, spec },
  launchHost: 'http://127.0.0.1:8080/',
  sessionHost: 'http://127.0.0.1:8081',
});

const repository: ResolvedRepository = {
  provider: 'test',
  canonical: 'example.org/repository',
  cloneUrl: 'https://example.org/repository',
  commit: COMMIT,
  repoUrl: 'https://example.org/repository',
  refUrl: `https://example.org/repository/tree/${COMMIT}`,
  persistentSpec: `found/${COMMIT}`,
};

/** Resolves every spec but those that begin with `missing` or `broken`. */
const provider: RepoProvider = {
  display: {
    displayName: 'Test',
    id: 'test',
    spec: { validateRegex: '.+' },
    repo: { label: 'Repository', placeholder: '', urlEncode: false },
    ref: { enabled: true, default: 'HEAD' },
  },
  resolve: async (spec) => {
    if (spec.startsWith('missing')) throw new SlipwayError('REPO_NOT_FOUND');
    if (spec.startsWith('broken')) throw new TypeError('internal text');
    return repository;
  },
};

export type FakeSessions = SessionService & {
  readonly requests: SessionRequest[];
  /** Makes the next sessions fail to start. */
  failWith(error: Error): void;
  /** Makes the next sessions start only when the signal is aborted, which is never by itself. */
  hang(): void;
};

const SESSION_ID = 'abcdefghijklmnopqrstuvwxyz';

const createFakeSessions = (): FakeSessions => {
  const requests: SessionRequest[] = [];
  const state: { error?: Error; isHanging?: boolean } = {};
  return {
    requests,
    failWith: (error) => {
      state.error = error;
    },
    hang: () => {
      state.isHanging = true;
    },
    start: async function* start(request, signal, prepare) {
      requests.push(request);
      yield 'The container runs.';
      if (state.error !== undefined) throw state.error;
      if (state.isHanging === true) await systemClock.sleep(600_000, signal);
      const spec = { ...request, id: SESSION_ID };
      if (prepare) yield* prepare({ spec, startedAt: 0, address: { host: '127.0.0.1', port: 9 } }, signal);
      return spec;
    },
    access: (id) => ({ path: `/s/${id}/`, token: 'the-token', entryPath: `/s/${id}/enter?code=the-code` }),
  };
};

/** Takes one job and ends it with these events and this result. */
export const buildNext = async (
  queue: BuildQueue,
  events: readonly BuildEvent[],
  result?: BuildResult,
): Promise<void> => {
  const job = await queue.take(new AbortController().signal);
  for (const event of events) await job?.report(event);
  await job?.finish(result ?? { ok: true, imageName: job.request.imageName });
};

/** Gives launches up that nobody follows for so long. */
export const withGrace =
  (graceMs: number): LaunchServiceParts['openAttendance'] =>
  (onAbandoned) =>
    createAttendance({ graceMs, clock: systemClock, onAbandoned });

const quiet = (): Logger => createLogger({ level: 'silent' });

export type Launcher = {
  readonly events: EventLog;
  readonly builds: BuildQueue;
  readonly sessions: FakeSessions;
  /** Whether images are found; true at first. */
  readonly images: { isThere: boolean; error?: Error; lines?: readonly string[] };
  readonly parts: LaunchServiceParts;
};

const nothing = async (): Promise<void> => undefined;
const noContent: ContentStage = {
  prepare: async function* prepare() {},
  path: () => undefined,
  [Symbol.asyncDispose]: nothing,
};
const addContent: ContentStage = {
  prepare: async function* prepare() {
    yield 'Added the content.';
  },
  path: () => 'lab/tree/content',
  [Symbol.asyncDispose]: nothing,
};

/** Everything that a launch needs, in memory. */
export const createLauncherParts = (overrides: Partial<LaunchServiceParts> = {}): Launcher => {
  const events = overrides.events ?? createMemoryEventLog();
  const builds = createMemoryBuildQueue();
  const sessions = createFakeSessions();
  const images: Launcher['images'] = { isThere: true };
  const find = async function* find() {
    for (const line of images.lines ?? []) yield line;
    if (images.error !== undefined) throw images.error;
    return images.isThere;
  };
  const parts: LaunchServiceParts = {
    providers: createRegistry([provider]),
    admission: createTestAdmission(),
    durations: createMemoryDurations(),
    openAttendance: withGrace(60_000),
    images: { find },
    builds,
    sessions,
    beginContent: (asked) => (asked === undefined ? noContent : addContent),
    clock: systemClock,
    imagePrefix: 'test/',
    events,
    metrics: createMetrics(),
    log: quiet(),
    ...overrides,
  };
  return { events, builds, sessions, images, parts };
};

export const createLauncher = (overrides: Partial<LaunchServiceParts> = {}) => {
  const launcher = createLauncherParts(overrides);
  return { ...launcher, launches: createLaunchService(launcher.parts) };
};

export const collectEvents = async (
  events: AsyncIterable<LaunchEvent | { event: LaunchEvent }>,
): Promise<LaunchEvent[]> => {
  const collected: LaunchEvent[] = [];
  for await (const item of events) collected.push('event' in item ? item.event : item);
  return collected;
};

export const phasesOf = (events: readonly LaunchEvent[]): string[] => events.map(({ phase }) => phase);
