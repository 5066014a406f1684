import { SlipwayError } from '../../contracts/slipway-error.ts';
import { walkTree, type TreeFilter } from '../image/walk-tree.ts';
import type { Build } from './build.ts';

const renderMib = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;

/** Throws BUILD_CONTEXT_TOO_LARGE when the files of a directory, without those of the filter, are too large together. */
export const checkContextSize = async ({ parts }: Build, directory: string, filter?: TreeFilter): Promise<void> => {
  const { contextBytes } = parts.options.limits;
  let bytes = 0;
  for await (const entry of walkTree(directory, filter)) bytes += entry.kind === 'file' ? entry.bytes : 0;
  if (bytes <= contextBytes) return;
  throw new SlipwayError('BUILD_CONTEXT_TOO_LARGE', {
    message: `The files to build have ${renderMib(bytes)}, more than the ${renderMib(contextBytes)} that this server allows.`,
  });
};

/**
 * Removes an image that its build made too large, and throws BUILD_IMAGE_TOO_LARGE. `from` is the image that it was
 * built on, whose size does not count; undefined counts all of the image.
 */
export const checkImageSize = async ({ parts }: Build, imageName: string, from?: string): Promise<void> => {
  const { images, options } = parts;
  const { imageBytes } = options.limits;
  const [image, origin] = await Promise.all([images.find(imageName), from === undefined ? from : images.find(from)]);
  const added = (image?.bytes ?? 0) - (origin?.bytes ?? 0);
  if (added <= imageBytes) return;
  await images.remove(imageName);
  const what = from === undefined ? 'The image has' : 'The build added';
  throw new SlipwayError('BUILD_IMAGE_TOO_LARGE', {
    message: `${what} ${renderMib(added)}, more than the ${renderMib(imageBytes)} that this server allows.`,
  });
};
