import { makeExcessError } from '../limits/step-excess.ts';
import type { ImageBuildRequest } from '../image/image-builder.ts';
import { makeBuildingEvent } from './build-events.ts';
import type { Build, Stage } from './build.ts';
import { createIdleLimit } from './idle-limit.ts';
import type { BuildFailure } from './make-build-error.ts';
import { checkImageSize } from './size-limits.ts';

export type ImageBuildRun = {
  readonly image: ImageBuildRequest;
  /** The image that it is built on, where that is one of ours. */
  readonly from?: string;
  readonly makeError: (failure: BuildFailure) => Error;
};

/** Builds one image within the limits and tells how it goes; a failed build throws what it failed of. */
export const runImageBuild = async function* (build: Build, { image, from, makeError }: ImageBuildRun): Stage<void> {
  const { steps, builder, clock, options } = build.parts;
  using idle = createIdleLimit(options.limits.idleMs);
  await using watch = steps?.watch();
  const limits = [idle.signal, ...(watch === undefined ? [] : [watch.signal])];
  const run = builder.build(image, AbortSignal.any([build.signal, ...limits]));
  try {
    let next = await run.next();
    for (; next.done !== true; next = await run.next()) {
      idle.note(next.value);
      if (next.value.kind === 'step' && next.value.step.status === 'started') watch?.begin(next.value.step.name);
      if (next.value.kind !== 'unseen') yield makeBuildingEvent(next.value, clock);
    }
    const outcome = next.value;
    if (!outcome.ok) {
      const excess = await watch?.explain(outcome);
      throw steps && excess ? makeExcessError(excess, outcome.failedStep, steps.limits) : makeError(outcome);
    }
  } finally {
    await run.return({ ok: true });
  }
  await checkImageSize(build, image.tag, from);
};
