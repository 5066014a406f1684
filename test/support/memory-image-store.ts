import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { addAbortSignal } from 'node:stream';
import { extract } from 'tar-stream';
import type { ImageStore, StoredImage } from '../../services/builder/image/image-store.ts';
import { SlipwayError } from '../../services/contracts/slipway-error.ts';

/** An image without an engine: its record, and the names of the files that its newest layer added. */
export type MemoryImage = StoredImage & {
  readonly files: readonly string[];
  /** What can be read of it, by path from the top. */
  readonly content?: ReadonlyMap<string, Buffer>;
  readonly env: Readonly<Record<string, string>>;
};

export type MemoryImageStore = ImageStore & {
  readonly images: Map<string, MemoryImage>;
  /** From now on, whether the store can be reached. */
  setReachable(isReachable: boolean): void;
};

const readFiles = async (tar: Buffer, root: string): Promise<Pick<MemoryImage, 'files' | 'content'>> => {
  const reader = extract();
  reader.end(tar);
  const files: string[] = [];
  const content = new Map<string, Buffer>();
  for await (const entry of reader) {
    files.push(entry.header.name);
    content.set(posix.join(root, entry.header.name), await buffer(entry));
  }
  return { files, content };
};

/** The ImageStore of unit tests. */
export const createMemoryImageStore = (present: readonly string[] = []): MemoryImageStore => {
  const make = (text: string | Buffer): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const known = present.map(
    (name) => [name, { digest: make(name), labels: {}, bytes: 1000, files: [], env: {} }] as const,
  );
  const images = new Map<string, MemoryImage>(known);
  let reachable = true;
  return {
    images,
    setReachable: (isReachable) => {
      reachable = isReachable;
    },
    find: async (name) => {
      if (!reachable) throw new SlipwayError('IMAGE_LOOKUP_FAILED');
      return images.get(name);
    },
    list: async (wanted) => {
      if (!reachable) throw new SlipwayError('IMAGE_LOOKUP_FAILED');
      const has = (labels: StoredImage['labels']) =>
        Object.entries(wanted).every(([name, value]) => labels[name] === value);
      return [...images].flatMap(([name, { labels }]) => (has(labels) ? [{ name, labels }] : []));
    },
    addLayer: async ({ tag, from, layer, root, labels, env }, signal) => {
      if (!reachable || !images.has(from)) throw new SlipwayError('BUILD_ENGINE_UNAVAILABLE');
      const tar = await buffer(addAbortSignal(signal, layer)).catch((error: unknown) => {
        signal.throwIfAborted();
        throw error;
      });
      const bytes = (images.get(from)?.bytes ?? 0) + tar.length;
      const image = { digest: make(tar), labels, bytes, env, ...(await readFiles(tar, root)) };
      images.set(tag, image);
      return image;
    },
    readFacts: async (_name, programs) => ({ user: '1000', entrypoint: [], programs }),
    readFile: async (name, path) => {
      if (!reachable) throw new SlipwayError('IMAGE_LOOKUP_FAILED');
      return images.get(name)?.content?.get(path);
    },
    remove: async (name) => void images.delete(name),
  };
};
