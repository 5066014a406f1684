import type { ImageBuildRequest } from '../image/image-builder.ts';
import { makeBuildingEvent } from './build-events.ts';
import type { Build, Stage } from './build.ts';
import type { BuildFailure } from './make-build-error.ts';

/** Builds one image and tells how it goes; a failed build throws what `makeError` makes of it. */
export const runImageBuild = async function* (
  { parts, signal }: Build,
  image: ImageBuildRequest,
  makeError: (failure: BuildFailure) => Error,
): Stage<void> {
  const run = parts.builder.build(image, signal);
  try {
    let next = await run.next();
    for (; next.done !== true; next = await run.next()) yield makeBuildingEvent(next.value, parts.clock);
    if (!next.value.ok) throw makeError(next.value);
  } finally {
    await run.return({ ok: true });
  }
};
