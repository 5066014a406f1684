import { Type, type Static } from 'typebox';
import type { ErrorCode } from '../errors.ts';
import { ERRORS } from '../errors.ts';

const time = (description: string) => Type.Integer({ description: `${description} Milliseconds since 1970.` });

const facts = {
  id: Type.String(),
  repoUrl: Type.String({ description: 'The repository, as people see it.' }),
  refUrl: Type.String({ description: 'The commit, as people see it.' }),
  image: Type.String(),
};

/** A session that runs, and when it will end if nobody does anything. */
const RunningSession = Type.Object({
  state: Type.Literal('running'),
  ...facts,
  url: Type.String({ description: 'Its address; ends with a slash.' }),
  startedAt: time('When it was started.'),
  lastActivity: time('When somebody used it last, or how far it was extended.'),
  idleEndsAt: time('When it ends unless it is used.'),
  maxAgeEndsAt: time('When it ends whatever it does.'),
  endsInSeconds: Type.Integer({ description: 'The seconds until the nearer of both.' }),
});

/** A session that is over. */
const EndedSession = Type.Object({
  state: Type.Literal('ended'),
  ...facts,
  endedAt: time('When it ended.'),
  code: Type.Unsafe<ErrorCode>(Type.String({ enum: Object.keys(ERRORS), description: 'Why it ended.' })),
  message: Type.String({ description: 'Why it ended, for people.' }),
  hint: Type.String({ description: 'What to do next.' }),
  log: Type.Optional(Type.String({ description: 'The last lines of its log.' })),
});

export const SessionView = Type.Union([RunningSession, EndedSession]);
export type SessionView = Static<typeof SessionView>;

export const SessionList = Type.Object({ sessions: Type.Array(SessionView) });
export type SessionList = Static<typeof SessionList>;

/** How long a session is to live on without being used. */
export const ExtendSession = Type.Object(
  {
    seconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 30 * 24 * 3600,
        description: 'From now on; never beyond its maximum age. Without it: as if it was used now.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type ExtendSession = Static<typeof ExtendSession>;
