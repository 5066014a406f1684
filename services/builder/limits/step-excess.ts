import { SlipwayError } from '../../contracts/slipway-error.ts';
import { makeStepName } from '../stages/step-name.ts';
import type { StepLimits } from './control-groups.ts';
import type { Excess } from './kernel-log.ts';

/** The error of a step that failed because it ran into a limit. */
export const makeExcessError = (excess: Excess, step: string, limits: StepLimits): SlipwayError => {
  const name = makeStepName(step);
  switch (excess) {
    case 'memory':
      return new SlipwayError('BUILD_MEMORY_EXCEEDED', {
        message: `The step "${name}" used more than the ${Math.round(limits.memoryBytes / 2 ** 20)} MiB of memory that this server allows a build step.`,
      });
    case 'processes':
      return new SlipwayError('BUILD_PROCESSES_EXCEEDED', {
        message: `The step "${name}" started more than the ${limits.pids} processes and threads that this server allows a build step.`,
      });
  }
  return excess;
};

/** The error of a build that is ended because of what one of its steps wrote. */
export const makeDiskError = ({ diskBytes }: StepLimits): SlipwayError =>
  new SlipwayError('BUILD_IMAGE_TOO_LARGE', {
    message: `A step of the build wrote more than the ${Math.round(diskBytes / 2 ** 20)} MiB that this server allows a build to add.`,
  });
