import { Type, type Static, type TProperties } from 'typebox';
import { ERRORS, type ErrorCode } from './errors.ts';

/** One step of a build, so that a page can draw progress instead of guessing it from text. */
export const BuildStep = Type.Object({
  name: Type.String({ description: 'The name of the step, for people.' }),
  status: Type.Union([Type.Literal('started'), Type.Literal('cached'), Type.Literal('done'), Type.Literal('failed')]),
  seconds: Type.Optional(Type.Number({ description: 'How long it took, when it is over.' })),
});
export type BuildStep = Static<typeof BuildStep>;

const at = Type.Integer({ description: 'When it happened, milliseconds since 1970.' });
const message = Type.String({ description: 'Text for people; carries its own line ends.' });

const waiting = {
  position: Type.Optional(Type.Integer({ description: 'The place in the queue for a session; 1 is next.' })),
  estimateSeconds: Type.Optional(
    Type.Integer({ description: 'How long it will take, judging by what was seen before.' }),
  ),
};

const progressOf = <Phase extends string>(phase: Phase) => ({
  phase: Type.Literal(phase),
  message,
  at,
  step: Type.Optional(BuildStep),
});

const progress = <Phase extends string>(phase: Phase, description: string) =>
  Type.Object(progressOf(phase), { description });

const ending = <Phase extends string, Rest extends TProperties>(phase: Phase, rest: Rest, description: string) =>
  Type.Object({ phase: Type.Literal(phase), message, at, ...rest }, { description });

const WaitingEvent = Type.Object(
  { ...progressOf('waiting'), ...waiting },
  {
    description:
      'The launch is accepted and waits: for the repository to be looked up, for a session to be free, for a build slot, or for its image to be fetched.',
  },
);
export const FetchingEvent = progress('fetching', 'The repository is being downloaded.');
export const BuildingEvent = progress('building', 'A line of the build log, or a step that began or ended.');
const LaunchingEvent = progress('launching', 'The session is starting.');

const BuiltEvent = ending(
  'built',
  { imageName: Type.String({ description: 'The image of the commit.' }) },
  'The image exists: found, or just built.',
);

export const ReadyEvent = ending(
  'ready',
  {
    url: Type.String({ description: 'The address of the session; ends with a slash.' }),
    image: Type.String(),
    sessionId: Type.String(),
    path: Type.Optional(
      Type.String({ description: 'The page to open, relative to url, of a link that brings content of its own.' }),
    ),
    repo_url: Type.String(),
    binder_ref_url: Type.String(),
    binder_launch_host: Type.String(),
    binder_request: Type.String(),
    binder_persistent_request: Type.String(),
  },
  'The session answers. On delivery the stream adds token, enterUrl and binder_client_ip, which are never stored. Terminal.',
);

const ImageReadyEvent = ending(
  'ready',
  { imageName: Type.String({ description: 'The image of the commit.' }) },
  'Only the image was asked for, and it exists. Terminal.',
);

export const FailedEvent = ending(
  'failed',
  {
    code: Type.Unsafe<ErrorCode>(Type.String({ enum: Object.keys(ERRORS) })),
    hint: Type.String({ description: 'What to do next.' }),
    status_code: Type.Integer(),
    retry: Type.Boolean({ description: 'Whether the same launch may succeed later.' }),
    retryAfterSeconds: Type.Optional(
      Type.Integer({ description: 'When trying again may succeed, as the header Retry-After says it.' }),
    ),
    log: Type.Optional(Type.String({ description: 'The last lines of the log that explain the failure.' })),
  },
  'The launch ended without a session. Terminal.',
);

/** Everything that a launch can say, by `phase`; docs/reference/events.md is generated from it. */
export const LaunchEvent = Type.Union([
  WaitingEvent,
  FetchingEvent,
  BuildingEvent,
  BuiltEvent,
  LaunchingEvent,
  ReadyEvent,
  ImageReadyEvent,
  FailedEvent,
]);
export type LaunchEvent = Static<typeof LaunchEvent>;
export type ReadyEvent = Static<typeof ReadyEvent>;
export type FailedEvent = Static<typeof FailedEvent>;
export type ProgressPhase = 'waiting' | 'fetching' | 'building' | 'launching';

/** What a client receives in the `ready` event beyond what is stored. */
export type ReadyDelivery = {
  /** The Jupyter token, for programs. */
  readonly token: string;
  /** Single-use entry for a browser; `?path=` may be added to open a page of the session. */
  readonly enterUrl: string;
  readonly binder_client_ip: string;
};

/** Whether a launch ended in a session. */
export const isSessionReady = (event: LaunchEvent): event is ReadyEvent =>
  event.phase === 'ready' && 'sessionId' in event;

/** Whether nothing can follow this event. */
export const isTerminal = (event: LaunchEvent): boolean => event.phase === 'ready' || event.phase === 'failed';
