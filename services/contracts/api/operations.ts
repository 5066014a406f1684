import { Type, type TObject, type TSchema } from 'typebox';
import { BuildList } from './builds.ts';
import { CreateLaunch, LaunchEvents, LaunchView } from './launches.ts';
import { ExtendSession, SessionList, SessionView } from './sessions.ts';
import { HoldSessions, WaitingSessions } from './waiting-sessions.ts';

/** What a caller must show: nothing, what opens this session, or the operator's token. */
export type Access = 'open' | 'session' | 'admin';

export type Answer = {
  readonly status: number;
  readonly description: string;
  /** By media type; text and archives have no schema. */
  readonly content: Readonly<Record<string, TSchema | undefined>>;
};

export type Operation = {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** Below /api/v1, with {names} for what varies. */
  readonly path: string;
  readonly tag: 'launches' | 'sessions' | 'builds' | 'waiting sessions';
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  readonly query?: TObject;
  readonly body?: TSchema;
  readonly answer: Answer;
};

const json = (description: string, schema: TSchema, status = 200): Answer => ({
  status,
  description,
  content: { 'application/json': schema },
});
const text = (description: string): Answer => ({ status: 200, description, content: { 'text/plain': undefined } });

const after = Type.Optional(
  Type.Integer({ minimum: 0, description: 'Only events after this number; Last-Event-ID says the same.' }),
);
const follow = Type.Optional(
  Type.Boolean({ description: 'Whether the answer goes on until everything is said; true unless given.' }),
);

/** Every operation of /api/v1 by its name; routes, the OpenAPI document and the page of the docs are made of it. */
export const OPERATIONS = {
  createLaunch: {
    method: 'post',
    path: '/launches',
    tag: 'launches',
    summary: 'Start a launch',
    description: 'It goes on whether or not anybody follows it.',
    access: 'open',
    body: CreateLaunch,
    answer: json('The launch; Location is its address.', LaunchView, 201),
  },
  readLaunch: {
    method: 'get',
    path: '/launches/{launch}',
    tag: 'launches',
    summary: 'How a launch is',
    access: 'open',
    answer: json('The launch with its last event.', LaunchView),
  },
  cancelLaunch: {
    method: 'delete',
    path: '/launches/{launch}',
    tag: 'launches',
    summary: 'Cancel a launch',
    description: 'A launch that is over stays as it is; what is left of a session that was starting is taken away.',
    access: 'open',
    answer: json('The launch as it is now.', LaunchView),
  },
  readLaunchEvents: {
    method: 'get',
    path: '/launches/{launch}/events',
    tag: 'launches',
    summary: 'What a launch says',
    description:
      'With Accept: text/event-stream the stream that /build/ gives, from the event after Last-Event-ID; else what was said so far, as JSON.',
    access: 'open',
    query: Type.Object({ after }),
    answer: {
      status: 200,
      description: 'The events.',
      content: { 'application/json': LaunchEvents, 'text/event-stream': undefined },
    },
  },
  readLaunchLog: {
    method: 'get',
    path: '/launches/{launch}/log',
    tag: 'launches',
    summary: 'The whole log of a launch as text',
    access: 'open',
    query: Type.Object({ follow }),
    answer: text('The log, while it is written and afterwards.'),
  },
  listSessions: {
    method: 'get',
    path: '/sessions',
    tag: 'sessions',
    summary: 'The sessions of your launches',
    description: 'With the operator’s token and no launch: all sessions that run.',
    access: 'open',
    query: Type.Object({
      launch: Type.Optional(
        Type.Union([Type.String(), Type.Array(Type.String(), { maxItems: 50 })], {
          description: 'The id of a launch; may be given up to 50 times.',
        }),
      ),
    }),
    answer: json('The sessions that came of these launches, ended ones too.', SessionList),
  },
  readSession: {
    method: 'get',
    path: '/sessions/{session}',
    tag: 'sessions',
    summary: 'How a session is, and when it ends',
    access: 'session',
    answer: json('The session.', SessionView),
  },
  extendSession: {
    method: 'post',
    path: '/sessions/{session}/extend',
    tag: 'sessions',
    summary: 'Let a session live longer',
    access: 'session',
    body: ExtendSession,
    answer: json('The session with its new end.', SessionView),
  },
  stopSession: {
    method: 'delete',
    path: '/sessions/{session}',
    tag: 'sessions',
    summary: 'End a session',
    access: 'session',
    answer: json('The session, ended.', SessionView),
  },
  downloadSession: {
    method: 'get',
    path: '/sessions/{session}/archive',
    tag: 'sessions',
    summary: 'The files of a running session as a zip archive',
    description:
      'The directory of the repository with everything that was made in it. Symbolic links that lead out of it, devices and sockets are left out.',
    access: 'session',
    answer: { status: 200, description: 'The archive.', content: { 'application/zip': undefined } },
  },
  listBuilds: {
    method: 'get',
    path: '/builds',
    tag: 'builds',
    summary: 'The builds that wait or run',
    access: 'admin',
    answer: json('The builds, oldest first.', BuildList),
  },
  readBuildLog: {
    method: 'get',
    path: '/builds/{image}/log',
    tag: 'builds',
    summary: 'The log of a build as text, until it ends',
    access: 'admin',
    query: Type.Object({ follow }),
    answer: text('The log from its beginning.'),
  },
  cancelBuild: {
    method: 'delete',
    path: '/builds/{image}',
    tag: 'builds',
    summary: 'Cancel a build',
    description: 'Everybody who waits for it is told.',
    access: 'admin',
    answer: json('The builds that are left.', BuildList),
  },
  listWaitingSessions: {
    method: 'get',
    path: '/waiting-sessions',
    tag: 'waiting sessions',
    summary: 'How many sessions wait for visitors, and what was asked for',
    access: 'admin',
    answer: json('The demands that are not over.', WaitingSessions),
  },
  holdSessions: {
    method: 'put',
    path: '/waiting-sessions/{demand}',
    tag: 'waiting sessions',
    summary: 'Let sessions of a repository wait for visitors for a while',
    description:
      'Before a class begins: the repository is built, and so many sessions are started, one after the other. What was asked for under this name before is replaced.',
    access: 'admin',
    body: HoldSessions,
    answer: json('All demands.', WaitingSessions),
  },
  releaseSessions: {
    method: 'delete',
    path: '/waiting-sessions/{demand}',
    tag: 'waiting sessions',
    summary: 'Let no sessions wait for this any more',
    description: 'Those that wait are ended; those that somebody has go on.',
    access: 'admin',
    answer: json('The demands that are left.', WaitingSessions),
  },
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof OPERATIONS;
