const KINDS = [
  'apt',
  'r',
  'r-packages',
  'install-r',
  'r-package',
  'julia',
  'julia-packages',
  'conda',
  'conda-tool',
  'install',
  'local-packages',
  'post-build',
  'nix',
  'nix-shell',
  'record',
  'user',
  'jupyter',
  'post-create',
] as const;

/** What a RUN instruction of ours is for, so that its failure gets the code that fits. */
export type StepKind = (typeof KINDS)[number] | 'other';

const MARK = new RegExp(`: slipway:(${KINDS.join('|')})\\s+&&`);

/** A command that does nothing and names the step; BuildKit shows it as part of the instruction. */
export const markStep = (kind: Exclude<StepKind, 'other'>): string => `: slipway:${kind}`;

/** Which of our steps an instruction is, from its text as BuildKit shows it or as a failure quotes it. */
export const stepKind = (instructionText: string): StepKind => {
  const [, kind] = MARK.exec(instructionText) ?? [];
  return (kind as StepKind | undefined) ?? 'other';
};
