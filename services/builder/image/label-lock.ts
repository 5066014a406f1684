import { createHash } from 'node:crypto';
import { LABELS } from '../../contracts/labels.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import { runToResult } from '../../platform/run-to-result.ts';
import { RECORD } from '../dockerfile/image-layout.ts';
import { createContentTar } from './content-tar.ts';
import type { ImageBuilder } from './image-builder.ts';
import type { ImageStore } from './image-store.ts';

type Parts = { readonly images: Pick<ImageStore, 'readFile'>; readonly builder: ImageBuilder };
type Labelled = { readonly tag: string; readonly labels: Readonly<Record<string, string>> };

const DOCKERFILE = 'Dockerfile';

/**
 * Adds the hash of the lock that a build left in an image to its labels, and gives it; undefined when there is none.
 * The hash is known only when the image is there, so the image is made once more, of the same layers.
 */
export const labelLock = async (
  { images, builder }: Parts,
  { tag, labels }: Labelled,
  signal: AbortSignal,
): Promise<string | undefined> => {
  const lock = await images.readFile(tag, RECORD.lock);
  if (lock === undefined) return undefined;
  const digest = createHash('sha256').update(lock).digest('hex');
  const context = createContentTar([{ kind: 'text', path: DOCKERFILE, text: `FROM ${tag}\n` }], 0);
  const request = { tag, context, dockerfile: DOCKERFILE, labels: { ...labels, [LABELS.lock]: digest } };
  const result = await runToResult(builder.build(request, signal));
  if (result.ok) return digest;
  throw new SlipwayError('BUILD_ENGINE_UNAVAILABLE', {
    message: `The image cannot be labelled: ${result.message}`,
  });
};
