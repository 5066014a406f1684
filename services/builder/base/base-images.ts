import { LABELS } from '../../contracts/labels.ts';
import { RECIPE } from '../../contracts/recipe.ts';
import type { Settings } from '../../contracts/settings.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { ignoreNotFound, type DockerEngine } from '../../platform/docker-engine.ts';
import { renderIndexScript } from '../dockerfile/network-access.ts';
import { createContentTar, type TarPart } from '../image/content-tar.ts';
import { makeReportedError, toEngineError } from '../image/engine-failure.ts';
import type { ImageBuilder } from '../image/image-builder.ts';
import type { ImageStore } from '../image/image-store.ts';
import { labelLock } from '../image/label-lock.ts';
import { makeBaseImageName, makeBaseRecipe, type BaseIdentity, type BaseRecipe } from './base-recipe.ts';
import { bootstrapDebian, installBootstrapTool } from './debian-bootstrap.ts';
import { isSystemPython, offerPythons, suiteOf } from './python-versions.ts';
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
  /** The settings of bases; `from` is `bootstrap`, or the name of an image to build on. */
  readonly settings: Settings['base'];
  readonly indexUrl: string;
  /** Certificate authorities that downloads must trust, as PEM. */
  readonly caBundle?: string | undefined;
};

type Making = BaseImageParts & { readonly identity: BaseIdentity; readonly recipe: BaseRecipe; readonly name: string };

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
  const { builder, images, name, identity, recipe, caBundle, indexUrl, settings } = making;
  const { pythonMirror, pythonDownloads } = settings;
  const { python, hasSystemPython, origin } = identity;
  const text = renderBaseDockerfile({
    from,
    hasPackages: origin === 'bootstrap',
    python,
    hasSystemPython,
    caBundle: caBundle !== undefined,
    index: indexUrl !== '',
    pythonMirror,
    pythonDownloads,
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
  const { engine, imagePrefix, recipe, identity, settings } = making;
  const tag = `${imagePrefix}base-system:${recipe.key}-${crypto.randomUUID().slice(0, 8)}`;
  yield* installBootstrapTool(signal);
  try {
    yield* bootstrapDebian(engine, { suite: suiteOf(identity.python), mirror: settings.debianMirror, tag }, signal);
    yield* build(making, tag, signal);
  } finally {
    await ignoreNotFound(engine.getImage(tag).remove({ force: true }));
  }
};

const make = async function* (making: Making, signal: AbortSignal): AsyncGenerator<string, BaseImage> {
  const { engine, name, settings } = making;
  yield `Making the base image ${name}\n`;
  yield* settings.from === 'bootstrap' ? buildOnDebian(making, signal) : build(making, settings.from, signal);
  const made = await inspectBase(engine, name);
  if (made === undefined) throw new SlipwayError('IMAGE_BASE_FAILED');
  return made;
};

/** The digest of the image that `base.from` names, fetched when it is not there. */
const findOrigin = async function* ({ engine, settings }: BaseImageParts, signal: AbortSignal) {
  const { from } = settings;
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

const identify = async function* (
  parts: BaseImageParts,
  python: string,
  signal: AbortSignal,
): AsyncGenerator<string, BaseIdentity> {
  const origin = yield* findOrigin(parts, signal);
  const { Os, Arch } = await parts.engine.version();
  return { python, hasSystemPython: isSystemPython(python, parts.settings), origin, platform: `${Os}/${Arch}` };
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
      if (!offerPythons(parts.settings).includes(python))
        throw new SlipwayError('IMAGE_BASE_FAILED', { message: `There is no base for Python ${python}.` });
      try {
        const identity = yield* identify(parts, python, signal);
        const recipe = makeBaseRecipe(identity);
        const name = makeBaseImageName(parts.imagePrefix, python, recipe);
        const found = await inspectBase(parts.engine, name);
        return found ?? (yield* follow({ ...parts, identity, recipe, name }, signal));
      } catch (error) {
        signal.throwIfAborted();
        throw toEngineError(error);
      }
    },
  };
};
