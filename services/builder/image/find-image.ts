import type { ImageRegistry } from './image-registry.ts';
import type { ImageStore } from './image-store.ts';

/** Where images may be: in the engine and, when the operator has one, in the registry. */
export type ImagePlaces = { readonly images: ImageStore; readonly registry?: ImageRegistry | undefined };

/**
 * Whether an image exists; one that only the registry has is brought to the engine first, with lines for the log.
 * Throws IMAGE_LOOKUP_FAILED where that cannot be known, and IMAGE_PULL_FAILED.
 */
export const findImage = async function* (
  { images, registry }: ImagePlaces,
  imageName: string,
  signal: AbortSignal,
): AsyncGenerator<string, boolean> {
  if ((await images.find(imageName)) !== undefined) return true;
  if (registry === undefined || !(await registry.has(imageName, signal))) return false;
  yield `Fetching ${imageName} from the registry\n`;
  yield* registry.pull(imageName, signal);
  return true;
};
