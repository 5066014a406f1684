import type { DockerfilePlan } from '../../contracts/build-plan.ts';
import { BASE_USER } from '../dockerfile/image-user.ts';
import { createDirectoryRepositoryFiles } from '../detect/directory-repository-files.ts';
import type { FetchedContent } from '../fetch/content-fetcher.ts';
import { createContentTar, ROOT_OWNER, type TarPart } from '../image/content-tar.ts';
import { makeLine } from './build-events.ts';
import { readDockerIgnore } from '../image/docker-ignore.ts';
import type { Build, Stage } from './build.ts';
import { checkImage } from './check-image.ts';
import { makeCommitLabels } from './image-labels.ts';
import { makeDockerfileError } from './make-build-error.ts';
import { checkContextSize } from './size-limits.ts';
import { runImageBuild } from './run-image-build.ts';

/** Builds the repository's own Dockerfile, with its directory, but for what .dockerignore names, as the context. */
export const buildDockerfile = async function* (
  build: Build,
  plan: DockerfilePlan,
  content: FetchedContent,
): Stage<void> {
  const { extras } = build.parts.options;
  const user = extras?.user ?? BASE_USER;
  if (extras?.appendix)
    yield makeLine('building', 'The appendix is not used: the repository brings its own Dockerfile', build.parts.clock);
  const filter = readDockerIgnore(createDirectoryRepositoryFiles(content.directory), plan.file);
  await checkContextSize(build, content.directory, filter);
  const tree: TarPart = { kind: 'tree', directory: content.directory, prefix: '', filter };
  const image = {
    tag: build.request.imageName,
    context: createContentTar([tree], content.committedAt, ROOT_OWNER),
    dockerfile: plan.file,
    labels: { ...extras?.labels, ...makeCommitLabels(build, plan) },
    buildArgs: {
      ...extras?.buildArgs,
      NB_USER: user.name,
      NB_UID: String(user.uid),
      REPO_DIR: user.repoDir,
    },
  };
  yield* runImageBuild(build, { image, makeError: makeDockerfileError });
  yield* checkImage(build);
};
