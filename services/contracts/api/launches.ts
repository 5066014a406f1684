import { Type, type Static } from 'typebox';
import { LaunchEvent } from '../launch-event.ts';
import { RepoSpec } from '../repository.ts';

const specOf = (description: string) => Type.String({ maxLength: 4096, description });
const providerOf = (description: string) => Type.String({ maxLength: 64, description });
const CLOSED = { additionalProperties: false };

/** Files of another repository, by provider and spec or as a link of nbgitpuller says it. */
export const CreateContent = Type.Union(
  [
    Type.Object(
      {
        provider: providerOf('The provider prefix of the other repository.'),
        spec: specOf('Its spec, written as that of the launch.'),
        directory: Type.Optional(specOf('Where it goes in the session; default: named after it.')),
        path: Type.Optional(specOf('The page of the session to open; default: that directory.')),
      },
      CLOSED,
    ),
    Type.Object(
      {
        gitPull: Type.String({
          maxLength: 4096,
          pattern: '^/*git-pull/*\\?',
          description: 'What a link of nbgitpuller has as urlpath, decoded: git-pull?repo=…&branch=…',
        }),
      },
      CLOSED,
    ),
  ],
  { description: 'Files that the session gets beside those of its image: another repository’s.' },
);
export type CreateContent = Static<typeof CreateContent>;

/** What a program sends to start a launch. */
export const CreateLaunch = Type.Object(
  {
    provider: providerOf('The provider prefix, as /api/repoproviders lists them.'),
    spec: specOf('What stands behind /build/<provider>/ in a link, percent-encoded in the same way.'),
    content: Type.Optional(CreateContent),
    buildOnly: Type.Optional(Type.Boolean({ description: 'Ends when the image exists: no session is started.' })),
  },
  { ...CLOSED, description: 'What to launch.' },
);
export type CreateLaunch = Static<typeof CreateLaunch>;

/** A launch as programs see it. Its id opens its session: keep it as you keep a password. */
export const LaunchView = Type.Object({
  id: Type.String({ description: 'Unguessable; whoever has it may follow, cancel and enter what came of the launch.' }),
  createdAt: Type.Integer({ description: 'Milliseconds since 1970.' }),
  repo: RepoSpec,
  phase: Type.String({ description: 'The phase of its last event.' }),
  finished: Type.Boolean({ description: 'Whether nothing more will happen.' }),
  lastSeq: Type.Integer({ description: 'The number of its last event.' }),
  eventsUrl: Type.String({ description: 'Its events, as a stream or as JSON.' }),
  logUrl: Type.String({ description: 'Its whole log as text.' }),
  last: Type.Optional(LaunchEvent),
});
export type LaunchView = Static<typeof LaunchView>;

/** The events of a launch after a number. */
export const LaunchEvents = Type.Object({
  events: Type.Array(Type.Object({ seq: Type.Integer(), event: LaunchEvent })),
  finished: Type.Boolean({ description: 'Whether the last of them is the last of all.' }),
});
export type LaunchEvents = Static<typeof LaunchEvents>;
