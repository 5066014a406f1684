import type { ImageBuildRequest } from '../image/image-builder.ts';
import { makeBuildingEvent } from './build-events.ts';
import type { Build, Stage } from './build.ts';
import { createValueHider, hideInMessage, hideInOutcome } from '../image/hide-values.ts';
import type { BuildFailure } from './make-build-error.ts';

/** Builds one image and tells how it goes; a failed build throws what `makeError` makes of it. */
export const runImageBuild = async function* (
  { parts, signal }: Build,
  image: ImageBuildRequest,
  makeError: (failure: BuildFailure) => Error,
): Stage<void> {
  const hide = createValueHider(Object.values(parts.options.extras?.buildArgs ?? {}));
  const run = parts.builder.build(image, signal);
  try {
    let next = await run.next();
    for (; next.done !== true; next = await run.next())
      yield makeBuildingEvent(hideInMessage(next.value, hide), parts.clock);
    const outcome = hideInOutcome(next.value, hide);
    if (!outcome.ok) throw makeError(outcome);
  } finally {
    await run.return({ ok: true });
  }
};
