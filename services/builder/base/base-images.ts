import { LABELS } from '../../contracts/labels.ts';
import { RECIPE } from '../../contracts/recipe.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { ignoreNotFound, type DockerEngine } from '../../platform/docker-engine.ts';
import { renderIndexScript } from '../dockerfile/network-access.ts';
import { createContentTar, type TarPart } from '../image/content-tar.ts';
import { makeReportedError, toEngineError } from '../image/engine-failure.ts';
import type { ImageBuilder } from '../image/image-builder.ts';
import { makeBaseImageName, makeBaseRecipe, type BaseRecipe } from './base-recipe.ts';
import { bootstrapDebian, installBootstrapTool } from './debian-bootstrap.ts';
import { isBasePython, PYTHON_SUITES, type BasePython } from './python-suites.ts';
import { renderBaseDockerfile } from './render-base.ts';
import { shareRun, type SharedRun } from './share-run.ts';

/** An image that environments build on. */
export type BaseImage = { readonly name: string; readonly digest: string; readonly platform: string };

/** The base images of this installation, made when they are first asked for. */
export interface BaseImages {
  /**
   * Finds the base of a Python version, or makes it. Yields progress lines. Callers at the same time share one
   * making. Throws IMAGE_BASE_FAILED, or an error of the engine.
   */
  ensure(options: { readonly python: string }, signal: AbortSignal): AsyncGenerator<string, BaseImage>;
}

export type BaseImageParts = {
  readonly engine: DockerEngine;
  readonly builder: ImageBuilder;
  readonly imagePrefix: string;
  /** `bootstrap`, or the name of an image to build on. */
  readonly from: string;
  readonly debianMirror: string;
  readonly indexUrl: string;
  /** Certificate authorities that downloads must trust, as PEM. */
  readonly caBundle?: string | undefined;
};

type Making = BaseImageParts & { readonly python: BasePython; readonly recipe: BaseRecipe; readonly name: string };

const inspectBase = async (engine: DockerEngine, name: string): Promise<BaseImage | undefined> => {
  const image = await ignoreNotFound(engine.getImage(name).inspect());
  return image && { name, digest: image.Id, platform: `${image.Os}/${image.Architecture}` };
};

const build = async function* (making: Making, from: string, signal: AbortSignal): AsyncGenerator<string, void> {
  const { builder, name, python, recipe, caBundle, indexUrl } = making;
  const hasPackages = making.from === 'bootstrap';
  const text = renderBaseDockerfile({
    from,
    hasPackages,
    python,
    caBundle: caBundle !== undefined,
    index: indexUrl !== '',
  });
  const files: TarPart[] = [...recipe.files, { kind: 'text', path: 'Dockerfile', text }];
  if (caBundle !== undefined) files.push({ kind: 'text', path: 'ca.pem', text: caBundle });
  if (indexUrl !== '') files.push({ kind: 'text', path: 'index.sh', text: renderIndexScript(indexUrl) });
  const labels = {
    [LABELS.kind]: 'base',
    [LABELS.baseKey]: recipe.key,
    [LABELS.python]: python,
    [LABELS.recipe]: RECIPE,
  };
  const request = { tag: name, context: createContentTar(files, 0), dockerfile: 'Dockerfile', labels };
  const run = builder.build(request, signal);
  let next = await run.next();
  for (; next.done !== true; next = await run.next())
    if (next.value.kind === 'line') yield `${next.value.text}\n`;
    else if (next.value.kind === 'step' && next.value.step.status === 'started') yield `${next.value.step.name}\n`;
  if (next.value.ok) return;
  throw new SlipwayError('IMAGE_BASE_FAILED', {
    message: `The base image could not be made: ${[...next.value.lastLines.slice(-3), next.value.message].join('; ')}`,
  });
};

/** The system is imported under a name of its own that is removed again: the base keeps its layers. */
const buildOnDebian = async function* (making: Making, signal: AbortSignal): AsyncGenerator<string, void> {
  const { engine, imagePrefix, recipe, python, debianMirror } = making;
  const tag = `${imagePrefix}base-system:${recipe.key}-${crypto.randomUUID().slice(0, 8)}`;
  yield* installBootstrapTool(signal);
  try {
    yield* bootstrapDebian(engine, { suite: PYTHON_SUITES[python], mirror: debianMirror, tag }, signal);
    yield* build(making, tag, signal);
  } finally {
    await ignoreNotFound(engine.getImage(tag).remove({ force: true }));
  }
};

const make = async function* (making: Making, signal: AbortSignal): AsyncGenerator<string, BaseImage> {
  const { engine, name, from } = making;
  yield `Making the base image ${name}\n`;
  yield* from === 'bootstrap' ? buildOnDebian(making, signal) : build(making, from, signal);
  const made = await inspectBase(engine, name);
  if (made === undefined) throw new SlipwayError('IMAGE_BASE_FAILED');
  return made;
};

/** The digest of the image that `base.from` names, fetched when it is not there. */
const findOrigin = async function* ({ engine, from }: BaseImageParts, signal: AbortSignal) {
  if (from === 'bootstrap') return from;
  const present = await inspectBase(engine, from);
  if (present) return present.digest;
  yield `Pulling ${from}\n`;
  const answer = await engine.pull(from, { abortSignal: signal });
  await new Promise<void>((resolve, reject) => {
    const end = (error: Error | null): void =>
      error ? reject(makeReportedError(error.message, 'IMAGE_BASE_FAILED')) : resolve();
    engine.modem.followProgress(answer, end);
  });
  const pulled = await inspectBase(engine, from);
  if (pulled) return pulled.digest;
  throw new SlipwayError('IMAGE_BASE_FAILED', { message: `The image ${from} (base.from) cannot be pulled.` });
};

/** Creates the keeper of base images; it remembers nothing but what is being made right now. */
export const createBaseImages = (parts: BaseImageParts): BaseImages => {
  const running = new Map<string, SharedRun<BaseImage>>();

  const follow = (making: Making, signal: AbortSignal): AsyncGenerator<string, BaseImage> => {
    const { name } = making;
    const run =
      running.get(name) ??
      shareRun(
        (stop) => make(making, stop),
        () => running.delete(name),
      );
    running.set(name, run);
    return run.follow(signal);
  };

  return {
    async *ensure({ python }, signal) {
      if (!isBasePython(python))
        throw new SlipwayError('IMAGE_BASE_FAILED', { message: `There is no base for Python ${python}.` });
      try {
        const recipe = makeBaseRecipe(python, yield* findOrigin(parts, signal));
        const name = makeBaseImageName(parts.imagePrefix, python, recipe);
        const found = await inspectBase(parts.engine, name);
        return found ?? (yield* follow({ ...parts, python, recipe, name }, signal));
      } catch (error) {
        signal.throwIfAborted();
        throw toEngineError(error);
      }
    },
  };
};
