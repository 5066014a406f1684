import type { ContentRequest } from '../../contracts/launch.ts';
import type { ResolvedRepository } from '../../contracts/repository.ts';
import type { Admission } from '../admission/admit.ts';
import type { RepoProviders } from '../repo/index.ts';
import { makeSessionPath } from '../sessions/session-path.ts';
import type { PrepareSession, SessionService, Started } from '../sessions/session-service.ts';
import type { SessionRuntime } from '../sessions/session-runtime.ts';
import { makeContentDirectory, makeContentPath } from './content-directory.ts';
import type { Content, ContentSource } from './content-source.ts';
import { hasGitPuller } from './has-git-puller.ts';

export type ContentParts = {
  readonly providers: RepoProviders;
  readonly admission: Pick<Admission, 'judge'>;
  readonly contents: ContentSource;
  readonly runtime: Pick<SessionRuntime, 'putWork'>;
  readonly sessions: Pick<SessionService, 'access'>;
};

/** What a launch does about the content that its link asks for. */
export type ContentStage = AsyncDisposable & {
  /** Adds it to the session that was started; nothing where nothing was asked for. */
  readonly prepare: PrepareSession;
  /** The page to open, once the content is there. */
  path(): string | undefined;
};

type Fetched = { readonly repository: ResolvedRepository; readonly directory: string; readonly content: Content };

const fetchContent = async (parts: ContentParts, asked: ContentRequest, signal: AbortSignal): Promise<Fetched> => {
  const repository = await parts.providers.get(asked.repo.provider).resolve(asked.repo.spec, signal);
  parts.admission.judge(repository.canonical);
  const directory = makeContentDirectory(asked, repository);
  return { repository, directory, content: await parts.contents.open(repository, signal) };
};

const isLeftToImage = (parts: ContentParts, { spec, address }: Started, signal: AbortSignal): Promise<boolean> => {
  const { token } = parts.sessions.access(spec.id);
  return hasGitPuller({ address, basePath: makeSessionPath(spec.id), token }, signal);
};

const NOTHING: ContentStage = {
  // oxlint-disable-next-line require-yield -- there is nothing to say about nothing.
  prepare: async function* prepare() {},
  path: () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
};

/**
 * Begins to fetch at once, beside the start of the session. A link of nbgitpuller waits for the session: an image that
 * has nbgitpuller does what the link says by itself.
 */
export const beginContent = (
  parts: ContentParts,
  asked: ContentRequest | undefined,
  signal: AbortSignal,
): ContentStage => {
  if (asked === undefined) return NOTHING;
  let fetching = asked.isGitPull === true ? undefined : fetchContent(parts, asked, signal);
  let path: string | undefined;
  // Whoever starts the session asks for the result; a session that fails first must not leave it unhandled.
  fetching?.catch(() => undefined);
  return {
    prepare: async function* prepare(session, aborting) {
      if (asked.isGitPull === true && (await isLeftToImage(parts, session, aborting))) return;
      fetching ??= fetchContent(parts, asked, aborting);
      const { repository, directory, content } = await fetching;
      await parts.runtime.putWork(session.spec.id, content.pack(`${directory}/`));
      path = makeContentPath(asked, directory);
      yield `Added ${repository.repoUrl} at ${repository.commit.slice(0, 12)} as ${directory}.`;
    },
    path: () => path,
    [Symbol.asyncDispose]: async () => {
      const fetched = await fetching?.catch(() => undefined);
      await fetched?.content[Symbol.asyncDispose]();
    },
  };
};
