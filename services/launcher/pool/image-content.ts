import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Container } from 'dockerode';
import { LRUCache } from 'lru-cache';
import { extract, pack, type Pack } from 'tar-stream';
import { PLAN_RECORD, REPO_DIR } from '../../contracts/image-files.ts';
import { LABELS } from '../../contracts/labels.ts';
import { ignoreNotFound, type DockerEngine } from '../../platform/docker-engine.ts';

/** Puts the repository of an image, and the plan that it was made by, into a container; nothing of the image is run. */
export type ImageContent = { add(image: string, to: Container): Promise<void> };

/** Contents that were wanted lately stay in memory, because reading one takes as long as adding it. */
const MOST_KEPT_BYTES = 32 * 2 ** 20;

/** The engine names what it gives from the directory above it; here names are from the top. */
const addFromTop = async (container: Container, path: string, tar: Pack): Promise<void> => {
  const reader = extract();
  const reading = pipeline(await container.getArchive({ path }), reader);
  for await (const entry of reader) {
    const name = posix.join(posix.dirname(path).slice(1), entry.header.name);
    await pipeline(entry, tar.entry({ ...entry.header, name }));
  }
  await reading;
};

const writeTar = async (container: Container, tar: Pack): Promise<void> => {
  try {
    for (const path of [REPO_DIR, PLAN_RECORD]) await addFromTop(container, path, tar);
    tar.finalize();
  } catch (error) {
    tar.destroy(error instanceof Error ? error : new Error(String(error)));
  }
};

const readContent = async (engine: DockerEngine, image: string): Promise<Buffer> => {
  const container = await engine.createContainer({ Image: image, Labels: { [LABELS.kind]: 'layer' } });
  try {
    const tar = pack();
    const [content] = await Promise.all([buffer(tar), writeTar(container, tar)]);
    return content;
  } finally {
    await ignoreNotFound(container.remove({ force: true }));
  }
};

/** The contents of the images of an engine. */
export const createImageContent = (engine: DockerEngine): ImageContent => {
  const kept = new LRUCache<string, Buffer, string>({
    maxSize: MOST_KEPT_BYTES,
    sizeCalculation: ({ length }) => length,
    fetchMethod: (_digest, _stale, { context: image }) => readContent(engine, image),
  });
  return {
    add: async (image, to) => {
      const { Id: digest } = await engine.getImage(image).inspect();
      await to.putArchive(Readable.from([await kept.forceFetch(digest, { context: image })]), { path: '/' });
    },
  };
};
