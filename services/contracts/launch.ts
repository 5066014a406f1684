import { Type, type Static } from 'typebox';
import { RepoSpec } from './repository.ts';

/** Files that a session gets beside those of its image: another repository's. */
export const ContentRequest = Type.Object({
  repo: RepoSpec,
  directory: Type.Optional(Type.String({ description: 'Where it goes in the session; default: named after it.' })),
  path: Type.Optional(Type.String({ description: 'The page of the session to open; default: that directory.' })),
  isGitPull: Type.Optional(
    Type.Boolean({ description: 'The link is one of nbgitpuller, which an image that has it understands by itself.' }),
  ),
});
export type ContentRequest = Static<typeof ContentRequest>;

/** What a visitor asked for, and where from; all that is needed to run the launch again after a restart. */
export const LaunchRequest = Type.Object({
  repo: RepoSpec,
  content: Type.Optional(ContentRequest),
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
