import { makeLine } from './build-events.ts';
import type { Build, Stage } from './build.ts';

/** Puts a Dockerfile of our own into the log, where that was asked for. */
export const showDockerfile = async function* ({ parts }: Build, dockerfile: string): Stage<void> {
  const { extras } = parts.options;
  if (extras?.showsDockerfiles === true) yield makeLine('building', dockerfile, parts.clock);
};
