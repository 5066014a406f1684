import type { Container } from 'dockerode';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { LABELS } from '../../contracts/labels.ts';
import { ignoreNotFound, type DockerEngine } from '../../platform/docker-engine.ts';
import { toEngineError } from './engine-failure.ts';
import { readImageFacts } from './image-facts.ts';
import { namesOf } from './list-images.ts';
import { findReplaced, removeReplaced } from './replace-image.ts';
import type { ImageStore, LayeredImage, NamedImage, StoredImage } from './image-store.ts';

const MAX_FILE_BYTES = 16 * 2 ** 20;

const inspectImage = async (engine: DockerEngine, name: string): Promise<StoredImage | undefined> => {
  const image = await ignoreNotFound(engine.getImage(name).inspect());
  return image && { digest: image.Id, labels: image.Config.Labels ?? {}, bytes: image.Size };
};

const listLabelled = async (engine: DockerEngine, labels: NamedImage['labels']): Promise<readonly NamedImage[]> => {
  const label = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const images = await engine.listImages({ filters: { label } });
  return images.flatMap(({ RepoTags, Labels }) => namesOf(RepoTags).map((name) => ({ name, labels: Labels })));
};

/** `a/b:c` → repository `a/b` and tag `c`; a port in the registry's name is not a tag. */
const splitTag = (name: string): { readonly repo: string; readonly tag: string } => {
  const [, repo = name, tag = 'latest'] = /^(.*?)(?::([^/:]+))?$/.exec(name) ?? [];
  return { repo, tag };
};

/** A container that is never started: only its file system is wanted. Its label lets a sweep find one left by a crash. */
const createLayerContainer = (engine: DockerEngine, { from }: LayeredImage, signal: AbortSignal): Promise<Container> =>
  engine.createContainer({ Image: from, Labels: { [LABELS.kind]: 'layer' }, abortSignal: signal });

const commitContainer = async (container: Container, image: LayeredImage, signal: AbortSignal): Promise<string> => {
  const { labels, env, tag } = image;
  const config = { Labels: labels, Env: Object.entries(env).map(([name, value]) => `${name}=${value}`) };
  const query = { ...splitTag(tag), container: container.id, pause: false };
  const committed: { Id: string } = await container.commit({ _query: query, _body: config, abortSignal: signal });
  return committed.Id;
};

const makeLayer = async (
  engine: DockerEngine,
  image: LayeredImage,
  signal: AbortSignal,
): Promise<Pick<StoredImage, 'digest'>> => {
  signal.throwIfAborted();
  const before = await findReplaced(engine, image.tag);
  const container = await createLayerContainer(engine, image, signal);
  try {
    await container.putArchive(image.layer, { path: image.root, abortSignal: signal });
    const digest = await commitContainer(container, image, signal);
    await removeReplaced(engine, image.tag, before);
    return { digest };
  } finally {
    await ignoreNotFound(container.remove({ force: true }));
  }
};

/** The first file of a tar that the engine gives. All of it is read: an answer that is left open keeps a process alive. */
const readTar = async (tar: NodeJS.ReadableStream): Promise<Buffer | undefined> => {
  const reader = extract();
  const read = pipeline(tar, reader);
  let found: Buffer | undefined;
  for await (const entry of reader) {
    const isWanted = found === undefined && entry.header.type === 'file' && (entry.header.size ?? 0) <= MAX_FILE_BYTES;
    if (isWanted) found = await buffer(entry);
    else entry.resume();
  }
  await read;
  return found;
};

const readImageFile = async (engine: DockerEngine, name: string, path: string): Promise<Buffer | undefined> => {
  const container = await ignoreNotFound(engine.createContainer({ Image: name, Labels: { [LABELS.kind]: 'layer' } }));
  if (container === undefined) return undefined;
  try {
    const tar = await ignoreNotFound(container.getArchive({ path }));
    return tar && (await readTar(tar));
  } finally {
    await ignoreNotFound(container.remove({ force: true }));
  }
};

/** The images of a Docker engine; keeps the promises of ImageStore. */
export const createDockerImageStore = (engine: DockerEngine): ImageStore => ({
  find: async (name) => {
    try {
      return await inspectImage(engine, name);
    } catch (error) {
      throw toEngineError(error, 'IMAGE_LOOKUP_FAILED');
    }
  },
  list: async (labels) => {
    try {
      return await listLabelled(engine, labels);
    } catch (error) {
      throw toEngineError(error, 'IMAGE_LOOKUP_FAILED');
    }
  },
  readFile: async (name, path) => {
    try {
      return await readImageFile(engine, name, path);
    } catch (error) {
      throw toEngineError(error, 'IMAGE_LOOKUP_FAILED');
    }
  },
  addLayer: async (image, signal) => {
    try {
      return await makeLayer(engine, image, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw toEngineError(error);
    } finally {
      image.layer.destroy();
    }
  },
  readFacts: async (name, programs, signal) => {
    try {
      return await readImageFacts(engine, { name, programs }, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw toEngineError(error);
    }
  },
  remove: async (name) => {
    try {
      await ignoreNotFound(engine.getImage(name).remove());
    } catch (error) {
      throw toEngineError(error);
    }
  },
});

/** Removes containers that a killed process left in the middle of adding a layer to one of our images; gives how many. */
export const sweepLayerContainers = async (
  engine: DockerEngine,
  { imagePrefix, olderThanSeconds }: { readonly imagePrefix: string; readonly olderThanSeconds: number },
): Promise<number> => {
  const limit = Date.now() / 1000 - olderThanSeconds;
  const found = await engine.listContainers({ all: true, filters: { label: [`${LABELS.kind}=layer`] } });
  const left = found.filter(({ Created, Image }) => Created < limit && Image.startsWith(imagePrefix));
  await Promise.all(left.map(({ Id }) => ignoreNotFound(engine.getContainer(Id).remove({ force: true }))));
  return left.length;
};
