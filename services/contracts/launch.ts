import { Type, type Static } from 'typebox';
import { RepoSpec } from './repository.ts';

/** What a visitor asked for, and where from; all that is needed to run the launch again after a restart. */
export const LaunchRequest = Type.Object({
  repo: RepoSpec,
  client: Type.Optional(Type.String({ description: 'Who asks: a keyed hash of the network, never an address.' })),
  unattended: Type.Optional(
    Type.Boolean({ description: 'Whether it goes on although nobody follows it, as launches of programs do.' }),
  ),
  launchHost: Type.String({ description: 'The control address as the visitor sees it, with a slash at its end.' }),
  sessionHost: Type.String({
    description: 'The session address as the visitor sees it, without a slash at its end; //*. stands for //<session>.',
  }),
  buildOnly: Type.Optional(Type.Boolean({ description: 'Ends when the image exists: no session is started.' })),
  requestOrigin: Type.Optional(
    Type.String({ description: 'The page that the launch was started from, as the browser names it.' }),
  ),
  buildToken: Type.Optional(
    Type.Boolean({ description: 'The link came with a valid token of a page of this server.' }),
  ),
});
export type LaunchRequest = Static<typeof LaunchRequest>;
