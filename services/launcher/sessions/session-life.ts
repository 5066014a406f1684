import type { Readable } from 'node:stream';
import type { SessionEnd, SessionSpec } from '../../contracts/session.ts';
import type { Settings } from '../../contracts/settings.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { Clock } from '../../platform/clock.ts';
import { recordEnd, type EndingParts } from './end-session.ts';
import type { LiveSession, SessionDirectory, SessionLookup } from './session-directory.ts';
import type { SessionRuntime } from './session-runtime.ts';
import { zipTar } from './work/zip-tar.ts';

/** When a session ends if nobody does anything: milliseconds since 1970. */
export type Countdown = { readonly idleEndsAt: number; readonly maxAgeEndsAt: number };

/** What people and programs may do with a session that runs. */
export type SessionLife = {
  /** The sessions that run, as far as this process knows. */
  all(): readonly LiveSession[];
  find(id: string): Promise<SessionLookup>;
  countdown(session: LiveSession): Countdown;
  /** Keeps the session for so long without use, never beyond its maximum age. Throws SESSION_NOT_RUNNING, SESSION_NOT_FOUND. */
  extend(id: string, seconds?: number): Promise<LiveSession>;
  /** Ends it. Throws SESSION_NOT_RUNNING, SESSION_NOT_FOUND. */
  stop(id: string): Promise<void>;
  /** Its files as a zip archive. Throws SESSION_NOT_RUNNING, SESSION_NOT_FOUND; the stream may end in SESSION_WORK_TOO_LARGE. */
  zip(id: string): Promise<{ readonly spec: SessionSpec; readonly archive: Readable }>;
};

export type SessionLifeParts = EndingParts & {
  readonly directory: SessionDirectory;
  readonly runtime: Pick<SessionRuntime, 'stop' | 'readWork'>;
  readonly limits: Pick<Settings['sessions'], 'idleSeconds' | 'maxAgeSeconds' | 'downloadMib'>;
  readonly clock: Clock;
};

const MOST_FILES = 100_000;

const requireRunning = async ({ directory }: SessionLifeParts, id: string): Promise<LiveSession> => {
  const found = await directory.find(id);
  if (found.kind === 'running') return found.session;
  throw new SlipwayError(found.kind === 'ended' ? 'SESSION_NOT_RUNNING' : 'SESSION_NOT_FOUND');
};

/** A profile of the policy may give a session limits of its own. */
const limitsOf = ({ limits }: SessionLifeParts, { spec }: LiveSession) => ({ ...limits, ...spec.limits });

const makeCountdown = (parts: SessionLifeParts, session: LiveSession): Countdown => {
  const { idleSeconds, maxAgeSeconds } = limitsOf(parts, session);
  return {
    idleEndsAt: session.lastActivity + idleSeconds * 1000,
    maxAgeEndsAt: session.startedAt + maxAgeSeconds * 1000,
  };
};

/** That it is kept counts as a use in the future, so that there is one rule for when a session ends. */
const extend = async (parts: SessionLifeParts, id: string, seconds?: number): Promise<LiveSession> => {
  const session = await requireRunning(parts, id);
  const { idleSeconds, maxAgeSeconds } = limitsOf(parts, session);
  const wanted = parts.clock.now() + (seconds ?? idleSeconds) * 1000;
  const keptUntil = Math.min(wanted, session.startedAt + maxAgeSeconds * 1000);
  parts.directory.touch(id, keptUntil - idleSeconds * 1000);
  return requireRunning(parts, id);
};

const stop = async (parts: SessionLifeParts, id: string): Promise<void> => {
  const session = await requireRunning(parts, id);
  const end: SessionEnd = { code: 'SESSION_STOPPED', at: parts.clock.now() };
  await recordEnd(parts, session, end);
  await parts.runtime.stop(id);
};

const zip = async (parts: SessionLifeParts, id: string) => {
  const { spec } = await requireRunning(parts, id);
  parts.directory.touch(id);
  const tar = await parts.runtime.readWork(id);
  return { spec, archive: zipTar(tar, { bytes: parts.limits.downloadMib * 2 ** 20, entries: MOST_FILES }) };
};

/** Extends, ends and saves sessions, for whoever may: the routes ask that first. */
export const createSessionLife = (parts: SessionLifeParts): SessionLife => ({
  all: () => parts.directory.all(),
  find: (id) => parts.directory.find(id),
  countdown: (session) => makeCountdown(parts, session),
  extend: (id, seconds) => extend(parts, id, seconds),
  stop: (id) => stop(parts, id),
  zip: (id) => zip(parts, id),
});
