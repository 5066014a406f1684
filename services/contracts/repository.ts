import { Type, type Static } from 'typebox';

/** What a visitor asks for: the part of the path behind `/build/` or `/v2/`. */
export const RepoSpec = Type.Object({
  provider: Type.String({ description: 'The provider prefix: gh, git, …' }),
  spec: Type.String({ description: 'The rest of the path, percent-encoded as it was sent, without trailing slashes.' }),
});
export type RepoSpec = Static<typeof RepoSpec>;

/** A repository at one commit: what a provider makes of a RepoSpec. */
export const ResolvedRepository = Type.Object({
  provider: Type.String(),
  canonical: Type.String({
    description:
      'One name for the repository whichever provider reaches it: host/path, without scheme, credentials or .git.',
  }),
  cloneUrl: Type.String({ description: 'The address to fetch from; never holds credentials.' }),
  commit: Type.String({ pattern: '^[0-9a-f]{40}([0-9a-f]{24})?$', description: 'The full commit id.' }),
  repoUrl: Type.String({ description: 'The address to show to people.' }),
  refUrl: Type.String({ description: 'The address of the commit, to show to people.' }),
  persistentSpec: Type.String({ description: 'The spec with the ref replaced by the commit.' }),
  record: Type.Optional(
    Type.Object(
      { version: Type.String({ description: 'What the archive calls this version.' }) },
      { description: 'There is no Git: cloneUrl is the page of a version of a record of an archive.' },
    ),
  ),
});
export type ResolvedRepository = Static<typeof ResolvedRepository>;

/** How the home page asks for a repository of one provider; BinderHub's shape at /api/repoproviders. */
export const ProviderDisplay = Type.Object({
  displayName: Type.String(),
  id: Type.String(),
  spec: Type.Object({ validateRegex: Type.String() }),
  detect: Type.Optional(Type.Object({ regex: Type.String() })),
  repo: Type.Object({ label: Type.String(), placeholder: Type.String(), urlEncode: Type.Boolean() }),
  ref: Type.Object({ enabled: Type.Boolean(), default: Type.Optional(Type.String()) }),
});
export type ProviderDisplay = Static<typeof ProviderDisplay>;
