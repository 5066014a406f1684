import { SlipwayError, toSlipwayError } from '../../contracts/slipway-error.ts';
import type { ImageRegistry } from '../image/image-registry.ts';
import { asEvents, makeLine } from './build-events.ts';
import type { Build, Stage } from './build.ts';

type Push = (registry: ImageRegistry, signal: AbortSignal) => AsyncGenerator<string, void>;

const push = async function* (build: Build, imageName: string, send: Push): Stage<void> {
  const { registry, clock } = build.parts;
  if (registry === undefined) return;
  yield makeLine('building', `Storing ${imageName} in the registry as ${registry.addressOf(imageName)}`, clock);
  yield* asEvents(send(registry, build.stop), 'building', clock);
};

/** Where the image must be in the registry, it is still in the engine when that fails. */
const makePushError = ({ code, message }: SlipwayError, cause: unknown): SlipwayError =>
  new SlipwayError(code, {
    message,
    hint: 'The image is in the container engine. See to the registry (registry.url and its user), then push again.',
    cause,
  });

/**
 * Stores an image in the registry, when there is one. A failure costs nothing but a line in the log, for the image is
 * here, unless the registry is what the build is for: then it is thrown.
 */
export const publishImage = async function* (
  build: Build,
  imageName: string,
  send: Push = (registry, signal) => registry.push(imageName, signal),
): Stage<void> {
  const { clock, onPushFailure, options } = build.parts;
  if (options.publishing === 'never') return;
  try {
    yield* push(build, imageName, send);
  } catch (thrown) {
    build.stop.throwIfAborted();
    const error = toSlipwayError(thrown, 'IMAGE_PUSH_FAILED');
    if (options.publishing === 'required') throw makePushError(error, thrown);
    onPushFailure?.(error);
    yield makeLine('building', `${error.code}: ${error.message} The image of this machine is used.`, clock);
  }
};
