import type { AfterStep, BuildPlan, EnvironmentPlan } from '../../contracts/build-plan.ts';
import { RECIPE } from '../../contracts/recipe.ts';
import type { Detection } from '../detect/detection.ts';
import type { Script } from '../detect/script.ts';
import { stageRequirements, type StagedRequirements } from './stage-requirements.ts';

type EnvironmentDetection = Exclude<Detection, { kind: 'dockerfile' }>;

const stage = (detection: EnvironmentDetection): StagedRequirements =>
  detection.kind === 'base' || detection.requirements === undefined ? {} : stageRequirements(detection.requirements);

const makeAfter = (staged: StagedRequirements, postBuild: Script | undefined): AfterStep[] => [
  ...(staged.late === undefined ? [] : [{ kind: 'local-packages', ...staged.late } as const]),
  ...(postBuild === undefined
    ? []
    : [{ kind: 'post-build', file: postBuild.file, hasShebang: postBuild.hasShebang } as const]),
];

const makeEnvironmentPlan = (detection: EnvironmentDetection): EnvironmentPlan => {
  const { python, apt, evidence, postBuild, start } = detection;
  const staged = stage(detection);
  const scripts = [postBuild, start].filter((script) => script !== undefined);
  return {
    kind: 'environment',
    recipe: RECIPE,
    python,
    evidence: [...evidence],
    apt: [...apt],
    ...(detection.kind === 'environment-yml' && detection.conda !== undefined ? { conda: detection.conda } : {}),
    install: staged.early === undefined ? [] : [staged.early.install],
    files: staged.early?.files ?? [],
    crlf: scripts.filter(({ needsNormalising }) => needsNormalising).map(({ file }) => file),
    after: makeAfter(staged, postBuild),
    ...(start === undefined ? {} : { start: { file: start.file, hasShebang: start.hasShebang } }),
  };
};

/** Turns what a repository asks for into how its image is built: the same detection gives the same plan, byte for byte. */
export const makePlan = (detection: Detection): BuildPlan => {
  if (detection.kind !== 'dockerfile') return makeEnvironmentPlan(detection);
  const { evidence, file } = detection;
  return { kind: 'dockerfile', recipe: RECIPE, evidence: [...evidence], file };
};
