import { LABELS } from '../../contracts/labels.ts';
import type { ImageBuilder } from './image-builder.ts';
import type { ImageRegistry } from './image-registry.ts';
import type { ImageStore } from './image-store.ts';

type Labelled = { readonly labels: Readonly<Record<string, string>> };

/** What makes images. */
export type ImageMakers = {
  readonly builder: ImageBuilder;
  readonly images: ImageStore;
  readonly registry?: ImageRegistry | undefined;
};

/** Notes on each image that it makes below which prefix its name is: so it is known for ours when it has no name any more. */
export const markImages = ({ builder, images, registry }: ImageMakers, imagePrefix: string): ImageMakers => {
  const mark = <T extends Labelled>(image: T): T => ({
    ...image,
    labels: { ...image.labels, [LABELS.imagePrefix]: imagePrefix },
  });
  return {
    builder: { build: (request, signal) => builder.build(mark(request), signal) },
    images: { ...images, addLayer: (image, signal) => images.addLayer(mark(image), signal) },
    registry: registry && { ...registry, pushLayer: (image, signal) => registry.pushLayer(mark(image), signal) },
  };
};
