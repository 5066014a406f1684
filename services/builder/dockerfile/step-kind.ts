/** What a RUN instruction of ours is for, so that its failure gets the code that fits. */
export type StepKind =
  | 'apt'
  | 'conda'
  | 'conda-tool'
  | 'install'
  | 'local-packages'
  | 'post-build'
  | 'record'
  | 'user'
  | 'other';

const MARK = /: slipway:(apt|conda|conda-tool|install|local-packages|post-build|record|user)\s+&&/;

/** A command that does nothing and names the step; BuildKit shows it as part of the instruction. */
export const markStep = (kind: Exclude<StepKind, 'other'>): string => `: slipway:${kind}`;

/** Which of our steps an instruction is, from its text as BuildKit shows it or as a failure quotes it. */
export const stepKind = (instructionText: string): StepKind => {
  const [, kind] = MARK.exec(instructionText) ?? [];
  return (kind as StepKind | undefined) ?? 'other';
};
