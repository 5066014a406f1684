import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import type { EnvironmentPlan } from '../../contracts/build-plan.ts';
import {
  commitEnvironment,
  commitStagedFiles,
  needsCommitBuild,
  renderCommitDockerfile,
} from '../dockerfile/commit-dockerfile.ts';
import { BASE_IMAGE, BUILD_CONTEXT } from '../dockerfile/image-layout.ts';
import { BASE_USER, isBaseUser } from '../dockerfile/image-user.ts';
import type { FetchedContent } from '../fetch/content-fetcher.ts';
import { createContentTar, type TarPart } from '../image/content-tar.ts';
import { DOCKERFILE, makeContext, networkOf } from './build-context.ts';
import { makeLine } from './build-events.ts';
import type { Build, Stage } from './build.ts';
import { makeCommitLabels } from './image-labels.ts';
import { makeBuildError } from './make-build-error.ts';
import { publishImage } from './publish-image.ts';
import type { Environment } from './provide-environment.ts';
import { runImageBuild } from './run-image-build.ts';
import { showDockerfile } from './show-dockerfile.ts';

type Commit = {
  readonly plan: EnvironmentPlan;
  readonly environment: Environment;
  readonly content: FetchedContent;
};

const addLayer = async function* (build: Build, { plan, environment, content }: Commit): Stage<void> {
  const { request, parts, signal } = build;
  yield makeLine('building', 'Adding the content of the commit', parts.clock);
  const root = posix.dirname(BASE_IMAGE.repoDir);
  const below = (top: string): Readable => {
    const prefix = `${posix.relative(top, BASE_IMAGE.repoDir)}/`;
    return createContentTar([{ kind: 'tree', directory: content.directory, prefix }], content.committedAt);
  };
  const image = {
    tag: request.imageName,
    from: environment.name,
    labels: { ...parts.options.extras?.labels, ...makeCommitLabels(request, plan, environment.key) },
    env: commitEnvironment(plan),
  };
  await parts.images.addLayer({ ...image, layer: below(root), root }, signal);
  yield* publishImage(build, image.tag, (registry, stop) => registry.pushLayer({ ...image, layer: below('/') }, stop));
};

const buildOn = async function* (build: Build, { plan, environment, content }: Commit): Stage<void> {
  const { request, parts } = build;
  const { extras } = parts.options;
  const inputs = {
    ...networkOf(parts.options),
    environment: environment.name,
    appendix: extras?.appendix,
    user: extras?.user,
  };
  const dockerfile = renderCommitDockerfile(plan, inputs);
  yield* showDockerfile(build, dockerfile);
  const tree: TarPart = { kind: 'tree', directory: content.directory, prefix: `${BUILD_CONTEXT.content}/` };
  const context = [tree, ...makeContext(dockerfile, commitStagedFiles(plan), parts.options)];
  const image = {
    tag: request.imageName,
    context: createContentTar(context, content.committedAt),
    dockerfile: DOCKERFILE,
    labels: { ...extras?.labels, ...makeCommitLabels(request, plan, environment.key) },
    buildArgs: extras?.buildArgs ?? {},
  };
  yield* runImageBuild(build, image, makeBuildError);
  yield* publishImage(build, image.tag);
};

/** Puts the content on its environment: as a layer, or by a build where something must run after it. */
export const addContent = (build: Build, commit: Commit): Stage<void> => {
  const { appendix, user = BASE_USER } = build.parts.options.extras ?? {};
  const isBuilt = Boolean(appendix) || !isBaseUser(user) || needsCommitBuild(commit.plan);
  return isBuilt ? buildOn(build, commit) : addLayer(build, commit);
};
