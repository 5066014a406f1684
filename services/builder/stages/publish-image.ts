import { toSlipwayError } from '../../contracts/slipway-error.ts';
import type { ImageRegistry } from '../image/image-registry.ts';
import { asEvents, makeLine } from './build-events.ts';
import type { Build, Stage } from './build.ts';

type Push = (registry: ImageRegistry, signal: AbortSignal) => AsyncGenerator<string, void>;

/** Stores an image in the registry, when there is one. A failure is told and costs nothing else: the image is here. */
export const publishImage = async function* (
  { parts, stop }: Build,
  imageName: string,
  push: Push = (registry, signal) => registry.push(imageName, signal),
): Stage<void> {
  const { registry, clock, onPushFailure } = parts;
  if (registry === undefined) return;
  try {
    yield makeLine('building', `Storing ${imageName} in the registry`, clock);
    yield* asEvents(push(registry, stop), 'building', clock);
  } catch (thrown) {
    stop.throwIfAborted();
    const error = toSlipwayError(thrown, 'IMAGE_PUSH_FAILED');
    onPushFailure?.(error);
    const message = `${error.code}: ${error.message} The image of this machine is used.`;
    yield makeLine('building', message, clock);
  }
};
