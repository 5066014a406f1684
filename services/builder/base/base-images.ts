import { LABELS } from '../../contracts/labels.ts';
import { RECIPE } from '../../contracts/recipe.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { ignoreNotFound, type DockerEngine } from '../../platform/docker-engine.ts';
import { createContentTar, type TarPart } from '../image/content-tar.ts';
import { makeReportedError, toEngineError } from '../image/engine-failure.ts';
import type { ImageBuilder } from '../image/image-builder.ts';
import type { ImageStore } from '../image/image-store.ts';
import { labelLock } from '../image/label-lock.ts';
import { makeBaseImageName, makeBaseRecipe, type BaseRecipe } from './base-recipe.ts';
import { bootstrapDebian, installBootstrapTool } from './debian-bootstrap.ts';
import { isBasePython, PYTHON_SUITES, type BasePython } from './python-suites.ts';
import { renderBaseDockerfile } from './render-base.ts';
import { shareRun, type SharedRun } from './share-run.ts';

/**
 * An image that environments build on. `key` is the hash of what is installed in it, by name and version: two bases that
 * were made apart of the same packages have one key, although no two images have one digest.
 */
export type BaseImage = { readonly name: string; readonly key: string; readonly platform: string };

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
  readonly images: Pick<ImageStore, 'readFile'>;
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
  const key = image?.Config.Labels?.[LABELS.lock];
  return image === undefined || key === undefined
    ? undefined
    : { name, key, platform: `${image.Os}/${image.Architecture}` };
};

const findDigest = async (engine: DockerEngine, name: string): Promise<string | undefined> =>
  (await ignoreNotFound(engine.getImage(name).inspect()))?.Id;

const build = async function* (making: Making, from: string, signal: AbortSignal): AsyncGenerator<string, void> {
  const { builder, images, name, python, recipe, caBundle, indexUrl } = making;
  const hasPackages = making.from === 'bootstrap';
  const text = renderBaseDockerfile({ from, hasPackages, python, caBundle: caBundle !== undefined, indexUrl });
  const files: TarPart[] = [...recipe.files, { kind: 'text', path: 'Dockerfile', text }];
  if (caBundle !== undefined) files.push({ kind: 'text', path: 'ca.pem', text: caBundle });
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
    else if (next.value.step.status === 'started') yield `${next.value.step.name}\n`;
  if (next.value.ok) {
    await labelLock({ images, builder }, { tag: name, labels }, signal);
    return;
  }
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
  const present = await findDigest(engine, from);
  if (present) return present;
  yield `Pulling ${from}\n`;
  const answer = await engine.pull(from, { abortSignal: signal });
  await new Promise<void>((resolve, reject) => {
    const end = (error: Error | null): void =>
      error ? reject(makeReportedError(error.message, 'IMAGE_BASE_FAILED')) : resolve();
    engine.modem.followProgress(answer, end);
  });
  const pulled = await findDigest(engine, from);
  if (pulled) return pulled;
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
