import { stepKind, type StepKind } from '../dockerfile/step-kind.ts';

const NAMES: Readonly<Record<Exclude<StepKind, 'other'>, string>> = {
  apt: 'Install Debian packages',
  install: 'Install Python packages',
  'local-packages': 'Install the packages of the repository',
  'post-build': 'Run postBuild',
};

const LENGTH = 120;

/** A name for people of a step: what one of ours is for, else the instruction itself, on one line. */
export const makeStepName = (instruction: string): string => {
  const kind = stepKind(instruction);
  if (kind !== 'other') return NAMES[kind];
  if (instruction === 'exporting to image') return 'Save the image';
  const line = instruction.replaceAll(/\s+/g, ' ').trim();
  return line.length <= LENGTH ? line : `${line.slice(0, LENGTH)} …`;
};
