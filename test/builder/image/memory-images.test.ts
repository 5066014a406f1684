import { describe } from 'vitest';
import { imageBuilderContract } from '../../conformance/image-builder.ts';
import { imageStoreContract } from '../../conformance/image-store.ts';
import { createMemoryImageBuilder } from '../../support/memory-image-builder.ts';
import { createMemoryImageStore } from '../../support/memory-image-store.ts';

const FROM = 'test/base:1';

describe('memory image store', () => {
  const store = createMemoryImageStore([FROM]);
  const unreachable = createMemoryImageStore();
  unreachable.setReachable(false);
  const tag = async (name: string, another: string): Promise<void> => {
    const image = store.images.get(name);
    if (image !== undefined) store.images.set(another, image);
  };
  imageStoreContract(() => ({ store, from: FROM, prefix: 'test/', tag, unreachable }));
});

describe('memory image builder', () => {
  const store = createMemoryImageStore([FROM]);
  imageBuilderContract(() => ({
    builder: createMemoryImageBuilder(store),
    from: FROM,
    prefix: 'test/',
    unreachable: createMemoryImageBuilder(store, false),
    hasImage: async (name) => store.images.has(name),
  }));
});
