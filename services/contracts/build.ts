import { Type, type Static } from 'typebox';
import { BuildingEvent, FetchingEvent } from './launch-event.ts';
import { Lock } from './lock.ts';
import { ErrorBody } from './slipway-error.ts';
import { ResolvedRepository } from './repository.ts';

/** One image to build; `imageName` is its identity, so that asking twice is asking once. */
export const BuildRequest = Type.Object({
  imageName: Type.String(),
  repository: ResolvedRepository,
  client: Type.Optional(Type.String({ description: 'Who asked first: a keyed hash, never an address.' })),
  subdir: Type.Optional(
    Type.String({ description: 'The directory of the repository to build, without slashes at its ends.' }),
  ),
  asOf: Type.Optional(
    Type.String({
      pattern: '^(commit|\\d{4}-\\d{2}-\\d{2})$',
      description: 'Packages are installed as they were on that day, or on the day of the commit.',
    }),
  ),
  lock: Type.Optional(Lock),
});
export type BuildRequest = Static<typeof BuildRequest>;

/** What a build says while it runs: a subset of what a launch says, so that a launch can pass it on. */
export const BuildEvent = Type.Union([FetchingEvent, BuildingEvent]);
export type BuildEvent = Static<typeof BuildEvent>;

/** How a build ended. A repository that cannot be built is a result; an engine that is away is an exception. */
export const BuildResult = Type.Union([
  Type.Object({ ok: Type.Literal(true), imageName: Type.String() }),
  Type.Object({ ok: Type.Literal(false), error: ErrorBody }),
]);
export type BuildResult = Static<typeof BuildResult>;
