import type { DevcontainerPlan } from '../../contracts/build-plan.ts';
import { createDirectoryRepositoryFiles } from '../detect/directory-repository-files.ts';
import { makeDevcontainerFiles } from '../devcontainer/devcontainer-files.ts';
import { renderDevcontainerDockerfile } from '../dockerfile/devcontainer-dockerfile.ts';
import { BUILD_CONTEXT } from '../dockerfile/image-layout.ts';
import type { FetchedContent } from '../fetch/content-fetcher.ts';
import { createContentTar, ROOT_OWNER, type TarPart } from '../image/content-tar.ts';
import { readDockerIgnore } from '../image/docker-ignore.ts';
import { DOCKERFILE, makeContext, networkOf } from './build-context.ts';
import { asEvents } from './build-events.ts';
import type { Build, Stage } from './build.ts';
import { makeCommitLabels } from './image-labels.ts';
import { makeBuildError, makeDockerfileError } from './make-build-error.ts';
import { runImageBuild } from './run-image-build.ts';
import { showDockerfile } from './show-dockerfile.ts';
import { checkContextSize } from './size-limits.ts';
import { join, posix } from 'node:path';

type Source = Extract<DevcontainerPlan['from'], { kind: 'dockerfile' }>;

/** Builds the Dockerfile of the development container; the tag is removed when the commit's image is made of it. */
const buildSource = async function* (
  build: Build,
  { source, tag, content }: { readonly source: Source; readonly tag: string; readonly content: FetchedContent },
): Stage<void> {
  const directory = join(content.directory, source.context);
  const dockerfile = posix.relative(source.context, source.file);
  const filter = readDockerIgnore(createDirectoryRepositoryFiles(directory), dockerfile);
  await checkContextSize(build, directory, filter);
  const tree: TarPart = { kind: 'tree', directory, prefix: '', filter };
  const image = {
    tag,
    context: createContentTar([tree], content.committedAt, ROOT_OWNER),
    dockerfile,
    labels: {},
    buildArgs: { ...build.parts.options.extras?.buildArgs, ...source.args },
    ...(source.target === undefined ? {} : { target: source.target }),
  };
  yield* runImageBuild(build, { image, makeError: makeDockerfileError });
};

const buildOn = async function* (
  build: Build,
  { plan, from, content }: { readonly plan: DevcontainerPlan; readonly from: string; readonly content: FetchedContent },
): Stage<void> {
  const { request, parts, signal } = build;
  const { options, clock } = parts;
  const base = yield* asEvents(parts.bases.ensure({ python: options.defaultPython }, signal), 'building', clock);
  const inputs = { ...networkOf(options), from, base: base.name, appendix: options.extras?.appendix };
  const dockerfile = renderDevcontainerDockerfile(plan, inputs);
  yield* showDockerfile(build, dockerfile);
  const tree: TarPart = { kind: 'tree', directory: content.directory, prefix: `${BUILD_CONTEXT.content}/` };
  const files = { dockerfile, staged: [], own: makeDevcontainerFiles(plan) };
  const image = {
    tag: request.imageName,
    context: createContentTar([tree, ...makeContext(files, options)], content.committedAt),
    dockerfile: DOCKERFILE,
    labels: { ...options.extras?.labels, ...makeCommitLabels(build, plan) },
    buildArgs: options.extras?.buildArgs ?? {},
  };
  yield* runImageBuild(build, { image, makeError: makeBuildError });
};

/** Builds the development container that the repository describes, then the commit's image on it. */
export const buildDevcontainer = async function* (
  build: Build,
  plan: DevcontainerPlan,
  content: FetchedContent,
): Stage<void> {
  if (plan.from.kind === 'image') {
    yield* buildOn(build, { plan, from: plan.from.image, content });
    return;
  }
  const tag = `${build.parts.options.imagePrefix}devcontainer:${crypto.randomUUID()}`;
  try {
    yield* buildSource(build, { source: plan.from, tag, content });
    yield* buildOn(build, { plan, from: tag, content });
  } finally {
    await build.parts.images.remove(tag);
  }
};
