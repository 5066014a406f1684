import { Readable } from 'node:stream';
import type { CreateContent, CreateLaunch, LaunchEvents, LaunchView } from '../../../contracts/api/launches.ts';
import { isTerminal } from '../../../contracts/launch-event.ts';
import type { ContentRequest, LaunchRequest } from '../../../contracts/launch.ts';
import type { RepoSpec } from '../../../contracts/repository.ts';
import { SlipwayError } from '../../../contracts/slipway-error.ts';
import { readContentLink } from '../../content/read-content-link.ts';
import type { LaunchRecord } from '../../events/event-log.ts';
import { isAccepted } from '../../http/accept.ts';
import { readLastEventId } from '../../http/last-event-id.ts';
import { readVisibleAddresses } from '../../http/visible-address.ts';
import { decorateEvent, readClientIp, sendLaunchEvents } from '../launch-stream.ts';
import { API_PATH } from './api-path.ts';
import type { ApiParts, ApiRequest, Handlers } from './api-parts.ts';

const requireLaunch = async ({ launches }: ApiParts, request: ApiRequest): Promise<LaunchRecord> => {
  const launch = await launches.find(request.params['launch'] ?? '');
  if (launch === undefined) throw new SlipwayError('LAUNCH_NOT_FOUND');
  return launch;
};

const makeView = async (parts: ApiParts, request: ApiRequest, launch: LaunchRecord): Promise<LaunchView> => {
  const last = await parts.launches.last(launch.id);
  const address = `${API_PATH}/launches/${launch.id}`;
  return {
    id: launch.id,
    createdAt: launch.createdAt,
    repo: launch.request.repo,
    phase: last?.event.phase ?? 'waiting',
    finished: last !== undefined && isTerminal(last.event),
    lastSeq: last?.seq ?? 0,
    eventsUrl: `${address}/events`,
    logUrl: `${address}/log`,
    ...(last === undefined
      ? {}
      : { last: decorateEvent(last.event, { launch, clientIp: readClientIp(request), parts }) }),
  };
};

const readPosition = (request: ApiRequest, launch: LaunchRecord): number => {
  const position = readLastEventId(request);
  if (position?.launchId === launch.id) return position.seq;
  return Number(request.query['after'] ?? 0);
};

const listEvents = async (parts: ApiParts, request: ApiRequest, launch: LaunchRecord): Promise<LaunchEvents> => {
  const delivery = { launch, clientIp: readClientIp(request), parts };
  const logged = await parts.launches.list(launch.id, readPosition(request, launch));
  const events = logged.map(({ seq, event }) => ({ seq, event: decorateEvent(event, delivery) }));
  const last = logged.at(-1) ?? (await parts.launches.last(launch.id));
  return { events, finished: last !== undefined && isTerminal(last.event) };
};

async function* followLog({ launches }: ApiParts, id: string, signal: AbortSignal): AsyncGenerator<string> {
  for await (const { event } of launches.follow(id, 0, signal)) yield event.message;
}

const openLog = async (parts: ApiParts, request: ApiRequest, launch: LaunchRecord): Promise<Readable> => {
  if (request.query['follow'] === false)
    return Readable.from((await parts.launches.list(launch.id, 0)).map(({ event }) => event.message));
  const gone = new AbortController();
  const text = Readable.from(followLog(parts, launch.id, AbortSignal.any([gone.signal, parts.stream.draining])));
  return text.once('close', () => gone.abort());
};

const makeRepo = ({ provider, spec }: RepoSpec): RepoSpec => ({ provider, spec: spec.replace(/^\/+|\/+$/g, '') });

const readContent = (asked: CreateContent | undefined): ContentRequest | undefined => {
  if (asked === undefined) return undefined;
  if ('gitPull' in asked) return readContentLink({ urlpath: asked.gitPull });
  const { directory, path } = asked;
  return {
    repo: makeRepo(asked),
    ...(directory === undefined ? {} : { directory }),
    ...(path === undefined ? {} : { path }),
  };
};

const readAsked = (request: ApiRequest): Pick<LaunchRequest, 'repo' | 'content' | 'buildOnly'> => {
  const body = request.body as CreateLaunch;
  const content = readContent(body.content);
  return {
    repo: makeRepo(body),
    buildOnly: body.buildOnly ?? false,
    ...(content === undefined ? {} : { content }),
  };
};

/** The operations on launches: who has the id of one may do everything with it. */
export const createLaunchHandlers = (
  parts: ApiParts,
): Handlers<'createLaunch' | 'readLaunch' | 'cancelLaunch' | 'readLaunchEvents' | 'readLaunchLog'> => ({
  createLaunch: async (request, reply) => {
    const { client, headers } = await parts.welcome({ address: readClientIp(request), hasBuildToken: false });
    reply.headers(headers);
    const asked = { ...readAsked(request), unattended: true, ...(client === undefined ? {} : { client }) };
    const launch = await parts.launches.start({ ...asked, ...readVisibleAddresses(request, parts) });
    reply.code(201).header('location', `${API_PATH}/launches/${launch.id}`);
    return makeView(parts, request, launch);
  },
  readLaunch: async (request) => makeView(parts, request, await requireLaunch(parts, request)),
  cancelLaunch: async (request) => {
    const launch = await requireLaunch(parts, request);
    await parts.launches.cancel(launch.id);
    return makeView(parts, request, launch);
  },
  readLaunchEvents: async (request, reply) => {
    const launch = await requireLaunch(parts, request);
    if (!isAccepted(request.headers.accept, 'text/event-stream')) return listEvents(parts, request, launch);
    const following = { launch, afterSeq: readPosition(request, launch) };
    await sendLaunchEvents(reply, following, { parts, clientIp: readClientIp(request) });
    return reply;
  },
  readLaunchLog: async (request, reply) => {
    const text = await openLog(parts, request, await requireLaunch(parts, request));
    return reply.type('text/plain; charset=utf-8').send(text);
  },
});
