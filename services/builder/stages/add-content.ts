import { readdir } from 'node:fs/promises';
import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import type { EnvironmentPlan, StagedFile } from '../../contracts/build-plan.ts';
import { LABELS } from '../../contracts/labels.ts';
import {
  commitEnvironment,
  commitStagedFiles,
  needsCommitBuild,
  PLAN_FILE,
  renderCommitDockerfile,
} from '../dockerfile/commit-dockerfile.ts';
import { BASE_IMAGE, BUILD_CONTEXT, RECORD } from '../dockerfile/image-layout.ts';
import { BASE_USER, isBaseUser } from '../dockerfile/image-user.ts';
import type { FetchedContent } from '../fetch/content-fetcher.ts';
import { makeRFiles } from '../r/r-files.ts';
import { makeInstallFiles } from '../install/install-files.ts';
import { createContentTar, ROOT_OWNER, SESSION_OWNER, type TarPart } from '../image/content-tar.ts';
import { hideInData } from '../image/hide-values.ts';
import { labelLock } from '../image/label-lock.ts';
import { makeRecordFiles } from '../record/record-files.ts';
import { DOCKERFILE, makeContext, networkOf } from './build-context.ts';
import { makeLine } from './build-events.ts';
import type { Build, Stage } from './build.ts';
import { canWaitWithoutContent } from './can-wait.ts';
import { makeCommitLabels, type Labels } from './image-labels.ts';
import { makeBuildError } from './make-build-error.ts';
import { publishImage } from './publish-image.ts';
import type { Environment } from './provide-environment.ts';
import { checkContextSize } from './size-limits.ts';
import { runImageBuild } from './run-image-build.ts';
import { showDockerfile } from './show-dockerfile.ts';

type Commit = {
  readonly plan: EnvironmentPlan;
  readonly wish: string | undefined;
  readonly environment: Environment;
  readonly content: FetchedContent;
};

const renderPlan = ({ hide }: Build, plan: EnvironmentPlan): string =>
  `${JSON.stringify(hideInData(plan, hide), null, 1)}\n`;

const labelsOf = (build: Build, { plan, environment, wish }: Commit): Labels => ({
  ...build.parts.options.extras?.labels,
  ...makeCommitLabels(build, plan, { ...environment, wish }),
});

/**
 * The content and the plan, as they are below the top of the file system. The directories above them are named too:
 * what is in an image has a time of its own, which would be part of the layer otherwise.
 */
const makeLayer = (build: Build, { plan, content }: Commit): Readable => {
  const inTop = (path: string): string => posix.relative('/', path);
  const parts: TarPart[] = [
    { kind: 'directory', path: `${inTop(posix.dirname(BASE_IMAGE.repoDir))}/`, owner: ROOT_OWNER },
    { kind: 'tree', directory: content.directory, prefix: `${inTop(BASE_IMAGE.repoDir)}/` },
    { kind: 'directory', path: `${inTop(posix.dirname(RECORD.directory))}/`, owner: ROOT_OWNER },
    { kind: 'directory', path: `${inTop(RECORD.directory)}/`, owner: SESSION_OWNER },
    { kind: 'text', path: inTop(RECORD.plan), text: renderPlan(build, plan) },
  ];
  return createContentTar(parts, content.committedAt);
};

/** Says where sessions of this commit can wait, if not in its own image only. */
const labelPlace = async ({ plan, environment, content }: Commit): Promise<Labels> =>
  canWaitWithoutContent(plan, await readdir(content.directory)) ? { [LABELS.waitsIn]: environment.name } : {};

const addLayer = async function* (build: Build, commit: Commit): Stage<void> {
  const { request, parts, signal } = build;
  yield makeLine('building', 'Adding the content of the commit', parts.clock);
  const image = {
    tag: request.imageName,
    from: commit.environment.name,
    labels: { ...labelsOf(build, commit), ...(await labelPlace(commit)) },
    env: commitEnvironment(commit.plan),
  };
  await parts.images.addLayer({ ...image, layer: makeLayer(build, commit), root: '/' }, signal);
  yield* publishImage(build, image.tag, (registry, stop) =>
    registry.pushLayer({ ...image, layer: makeLayer(build, commit) }, stop),
  );
};

/** The files of our own that the build of a commit reads. */
const makeOwnFiles = (build: Build, { plan }: Commit): readonly StagedFile[] => {
  const { canonical, commit } = build.request.repository;
  return [
    ...makeInstallFiles(),
    ...makeRFiles(plan),
    ...makeRecordFiles({ subject: { name: canonical, version: commit }, plan, late: commitStagedFiles(plan) }),
    { path: `${BUILD_CONTEXT.record}/${PLAN_FILE}`, text: renderPlan(build, plan) },
  ];
};

const buildOn = async function* (build: Build, commit: Commit): Stage<void> {
  const { request, parts } = build;
  const { plan, environment, content } = commit;
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
  const files = { dockerfile, staged: commitStagedFiles(plan), own: makeOwnFiles(build, commit) };
  const image = {
    tag: request.imageName,
    context: createContentTar([tree, ...makeContext(files, parts.options)], content.committedAt),
    dockerfile: DOCKERFILE,
    labels: labelsOf(build, commit),
    buildArgs: extras?.buildArgs ?? {},
  };
  yield* runImageBuild(build, { image, from: environment.name, makeError: makeBuildError });
  await labelLock(parts, image, build.signal);
  yield* publishImage(build, image.tag);
};

/** Puts the content on its environment: as a layer, or by a build where something must run after it. */
export const addContent = async function* (build: Build, commit: Commit): Stage<void> {
  await checkContextSize(build, commit.content.directory);
  const { appendix, user = BASE_USER } = build.parts.options.extras ?? {};
  const isBuilt = Boolean(appendix) || !isBaseUser(user) || needsCommitBuild(commit.plan);
  yield* isBuilt ? buildOn(build, commit) : addLayer(build, commit);
};
