import type { ExtendSession, SessionList, SessionView } from '../../../contracts/api/sessions.ts';
import { ERRORS } from '../../../contracts/errors.ts';
import type { SessionEnd, SessionSpec } from '../../../contracts/session.ts';
import { SlipwayError } from '../../../contracts/slipway-error.ts';
import { readVisibleAddresses } from '../../http/visible-address.ts';
import type { LiveSession, SessionLookup } from '../../sessions/session-directory.ts';
import { findSessionOf, isAdmin } from './access.ts';
import { makeSessionOrigin } from '../../sessions/session-origin.ts';
import type { ApiParts, ApiRequest, Handlers } from './api-parts.ts';

const pickFacts = ({ id, repoUrl, refUrl, image }: SessionSpec) => ({ id, repoUrl, refUrl, image });

const showRunning = (parts: ApiParts, request: ApiRequest, session: LiveSession): SessionView => {
  const { spec, startedAt, lastActivity } = session;
  const countdown = parts.life.countdown(session);
  const endsAt = Math.min(countdown.idleEndsAt, countdown.maxAgeEndsAt);
  const { sessionHost } = readVisibleAddresses(request, parts);
  return {
    state: 'running',
    ...pickFacts(spec),
    url: `${makeSessionOrigin(sessionHost, spec.id)}${parts.sessions.access(spec.id).path}`,
    startedAt,
    lastActivity,
    ...countdown,
    endsInSeconds: Math.max(0, Math.round((endsAt - parts.clock.now()) / 1000)),
  };
};

const showEnded = (spec: SessionSpec, { code, at, log }: SessionEnd): SessionView => ({
  state: 'ended',
  ...pickFacts(spec),
  endedAt: at,
  code,
  message: ERRORS[code].message,
  hint: ERRORS[code].hint,
  ...(log === undefined ? {} : { log }),
});

const show = (parts: ApiParts, request: ApiRequest, found: SessionLookup): SessionView | undefined => {
  if (found.kind === 'running') return showRunning(parts, request, found.session);
  return found.kind === 'ended' ? showEnded(found.spec, found.end) : undefined;
};

const findView = async (parts: ApiParts, request: ApiRequest): Promise<SessionView> => {
  const view = show(parts, request, await parts.life.find(request.params['session'] ?? ''));
  if (view === undefined) throw new SlipwayError('SESSION_NOT_FOUND');
  return view;
};

const readLaunchIds = ({ query }: ApiRequest): readonly string[] => {
  const { launch = [] } = query as { readonly launch?: string | readonly string[] };
  return typeof launch === 'string' ? [launch] : launch;
};

const list = async (parts: ApiParts, request: ApiRequest): Promise<SessionList> => {
  const launches = readLaunchIds(request);
  if (launches.length === 0 && isAdmin(request, parts))
    return { sessions: parts.life.all().map((session) => showRunning(parts, request, session)) };
  const ids = await Promise.all(launches.map((launch) => findSessionOf(parts, launch)));
  const known = new Set(ids.filter((id) => id !== undefined));
  const found = await Promise.all([...known].map((id) => parts.life.find(id)));
  return { sessions: found.map((lookup) => show(parts, request, lookup)).filter((view) => view !== undefined) };
};

/** A name that every system can save. */
const makeArchiveName = ({ repoUrl }: SessionSpec): string => {
  const name =
    repoUrl
      .replace(/\/+$/, '')
      .split('/')
      .at(-1)
      ?.replaceAll(/[^\w.-]+/g, '-') ?? '';
  return `${name === '' ? 'work' : name.slice(0, 80)}.zip`;
};

/** The operations on sessions. Access to one session is checked before they are called. */
export const createSessionHandlers = (
  parts: ApiParts,
): Handlers<'listSessions' | 'readSession' | 'extendSession' | 'stopSession' | 'downloadSession'> => ({
  listSessions: (request) => list(parts, request),
  readSession: (request) => findView(parts, request),
  extendSession: async (request) => {
    const { seconds } = (request.body ?? {}) as ExtendSession;
    const session = await parts.life.extend(request.params['session'] ?? '', seconds);
    return showRunning(parts, request, session);
  },
  stopSession: async (request) => {
    await parts.life.stop(request.params['session'] ?? '');
    return findView(parts, request);
  },
  downloadSession: async (request, reply) => {
    const { spec, archive } = await parts.life.zip(request.params['session'] ?? '');
    reply.header('content-disposition', `attachment; filename="${makeArchiveName(spec)}"`);
    return reply.type('application/zip').header('cache-control', 'no-store').send(archive);
  },
});
