import type { AfterStep, BuildPlan, EnvironmentPlan } from '../../contracts/build-plan.ts';
import { RECIPE } from '../../contracts/recipe.ts';
import type { Detection, ProjectInstall } from '../detect/detection.ts';
import { stageRequirements, type StagedRequirements } from './stage-requirements.ts';

type EnvironmentDetection = Exclude<Detection, { kind: 'dockerfile' }>;

const stage = (detection: EnvironmentDetection): readonly StagedRequirements[] => {
  if (detection.kind === 'python') return detection.installs.map(stageRequirements);
  if (detection.kind === 'base' || detection.requirements === undefined) return [];
  return [stageRequirements({ requirements: detection.requirements, isExact: false })];
};

/** The repository itself as a package; its build tools come from the index, as any package's. */
const installProject = ({ file, withDependencies }: ProjectInstall): AfterStep => ({
  kind: 'local-packages',
  install: {
    kind: 'requirements',
    file,
    prerelease: false,
    ownIndex: false,
    ...(withDependencies ? {} : { noDependencies: true }),
  },
  files: [{ path: file, text: '.\n' }],
});

const makeAfter = (
  staged: readonly StagedRequirements[],
  { postBuild, ...detection }: EnvironmentDetection,
): AfterStep[] => [
  ...staged.flatMap(({ late }) => (late === undefined ? [] : [{ kind: 'local-packages', ...late } as const])),
  ...(detection.kind === 'python' && detection.project !== undefined ? [installProject(detection.project)] : []),
  ...(postBuild === undefined
    ? []
    : [{ kind: 'post-build', file: postBuild.file, hasShebang: postBuild.hasShebang } as const]),
];

const makeEnvironmentPlan = (detection: EnvironmentDetection): EnvironmentPlan => {
  const { python, asOf, apt, evidence, postBuild, start } = detection;
  const staged = stage(detection);
  const early = staged.flatMap(({ early }) => early ?? []);
  const scripts = [postBuild, start].filter((script) => script !== undefined);
  return {
    kind: 'environment',
    recipe: RECIPE,
    python,
    ...(asOf === undefined ? {} : { asOf }),
    evidence: [...evidence],
    apt: [...apt],
    ...(detection.kind === 'environment-yml' && detection.conda !== undefined ? { conda: detection.conda } : {}),
    install: early.map(({ install }) => install),
    files: early.flatMap(({ files }) => files).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    crlf: scripts.filter(({ needsNormalising }) => needsNormalising).map(({ file }) => file),
    after: makeAfter(staged, detection),
    ...(start === undefined ? {} : { start: { file: start.file, hasShebang: start.hasShebang } }),
  };
};

/** Turns what a repository asks for into how its image is built: the same detection gives the same plan, byte for byte. */
export const makePlan = (detection: Detection): BuildPlan => {
  if (detection.kind !== 'dockerfile') return makeEnvironmentPlan(detection);
  const { evidence, file } = detection;
  return { kind: 'dockerfile', recipe: RECIPE, evidence: [...evidence], file };
};
