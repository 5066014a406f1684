import { stepKind, type StepKind } from '../dockerfile/step-kind.ts';

const NAMES: Readonly<Record<Exclude<StepKind, 'other'>, string>> = {
  apt: 'Install Debian packages',
  r: 'Install R',
  'r-packages': 'Install packages of R',
  'install-r': 'Run install.R',
  'r-package': 'Install the R package of the repository',
  julia: 'Install Julia',
  'julia-packages': 'Install packages of Julia',
  nix: 'Install Nix',
  'nix-shell': 'Make the Nix shell of the repository',
  jupyter: 'Prepare the image for sessions',
  'post-create': 'Run the commands of devcontainer.json',
  conda: 'Install conda packages',
  'conda-tool': 'Prepare the installer of conda packages',
  install: 'Install Python packages',
  'local-packages': 'Install the packages of the repository',
  'post-build': 'Run postBuild',
  user: 'Change the user of the image',
  record: 'Record what is installed',
};

const LENGTH = 120;

/** Steps that BuildKit names in its own words. */
const REWORDED: readonly (readonly [RegExp, string])[] = [
  [/^exporting to image$/, 'Save the image'],
  [/^FROM (?:docker\.io\/(?:library\/)?)?(\S+).*$/, 'Start from $1'],
  [/^COPY \S+ content\/ \S+\/$/, 'Add the content of the commit'],
];

/** A name for people of a step: what one of ours is for, else the instruction itself, on one line. */
export const makeStepName = (instruction: string): string => {
  const kind = stepKind(instruction);
  if (kind !== 'other') return NAMES[kind];
  const text = instruction.replaceAll(/\s+/g, ' ').trim();
  const line = REWORDED.reduce((name, [pattern, words]) => name.replace(pattern, words), text);
  return line.length <= LENGTH ? line : `${line.slice(0, LENGTH)} …`;
};
