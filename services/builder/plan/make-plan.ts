import type {
  AfterStep,
  BuildPlan,
  CondaStep,
  EnvironmentPlan,
  RStep,
  StagedFile,
} from '../../contracts/build-plan.ts';
import { RECIPE } from '../../contracts/recipe.ts';
import { renderCondaFile } from '../detect/conda/conda-file.ts';
import type { CondaPart, Detection, EnvironmentDetection, ProjectInstall } from '../detect/detection.ts';
import type { JuliaPart } from '../detect/julia/read-julia.ts';
import { hasSnapshots, type RPart } from '../detect/r/read-r.ts';
import { stageRequirements, type StagedRequirements } from './stage-requirements.ts';

/** The content has no Git history: a build that takes the version from its tags is told one instead. */
const pretendVersion = (name: string) => ({
  [`SETUPTOOLS_SCM_PRETEND_VERSION_FOR_${name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}`]: '0+unknown',
});

/** The repository itself as a package; its build tools come from the index, as any package's. */
const installProject = ({ file, withDependencies, isEditable, unversioned }: ProjectInstall): AfterStep => ({
  kind: 'local-packages',
  install: {
    kind: 'requirements',
    file,
    prerelease: false,
    ownIndex: false,
    ...(withDependencies ? {} : { noDependencies: true }),
  },
  files: [{ path: file, text: isEditable ? '-e .\n' : '.\n' }],
  ...(unversioned === undefined ? {} : { variables: pretendVersion(unversioned) }),
});

const installJulia = ({ isExact }: JuliaPart): AfterStep => ({
  kind: 'julia-packages',
  ...(isExact === undefined ? {} : { exact: isExact }),
});

const makeAfter = (
  staged: readonly StagedRequirements[],
  { postBuild, project, r, julia, nix }: EnvironmentDetection,
): AfterStep[] => [
  ...staged.flatMap(({ late }) => (late === undefined ? [] : [{ kind: 'local-packages', ...late } as const])),
  ...(project === undefined ? [] : [installProject(project)]),
  ...(r?.script === undefined ? [] : [{ kind: 'install-r', file: r.script.file } as const]),
  ...(r?.project === undefined ? [] : [{ kind: 'r-package', file: r.project } as const]),
  ...(julia === undefined ? [] : [installJulia(julia)]),
  ...(nix === undefined ? [] : [{ kind: 'nix-shell', file: nix.file } as const]),
  ...(postBuild === undefined
    ? []
    : [{ kind: 'post-build', file: postBuild.file, hasShebang: postBuild.hasShebang } as const]),
];

/** What conda installs, and the files that it reads for that: a lock becomes an explicit list. */
const makeConda = (
  part: CondaPart | undefined,
): { readonly conda?: CondaStep; readonly condaFiles: readonly StagedFile[] } => {
  if (part?.kind !== 'locked') return { ...(part === undefined ? {} : { conda: part }), condaFiles: [] };
  const { list, platform, python, packages } = part;
  const text = ['@EXPLICIT', ...packages.map(renderCondaFile), ''].join('\n');
  const conda = { kind: 'locked', file: list, platform, ...(python === undefined ? {} : { python }) } as const;
  return { conda, condaFiles: [{ path: list, text }] };
};

/** Debian has one version of a package: with a day, all packages are those of the snapshot of that day. */
const makeR = ({ version, repository, needs, lock, asOf: own }: RPart, asOf: string | undefined): RStep => {
  const day = own ?? asOf;
  return {
    version,
    repository: repository.replaceAll('{date}', day ?? 'latest'),
    prefersDebian: day === undefined || !hasSnapshots(repository),
    packages: [...needs],
    ...(lock === undefined ? {} : { lock: lock.file }),
  };
};

const sortByPath = (files: readonly StagedFile[]): StagedFile[] => files.toSorted((a, b) => (a.path < b.path ? -1 : 1));

const makeEnvironmentPlan = (detection: EnvironmentDetection): EnvironmentPlan => {
  const { python, asOf, apt, r, julia, nix, variables, installs, evidence, postBuild, start } = detection;
  const { condaFiles, ...conda } = makeConda(detection.conda);
  const staged = installs.map(stageRequirements);
  const early = staged.flatMap(({ early }) => early ?? []);
  const locks = r?.lock === undefined ? [] : [{ path: r.lock.file, text: r.lock.text }];
  const scripts = [r?.script, postBuild, start].filter((script) => script !== undefined);
  return {
    kind: 'environment',
    recipe: RECIPE,
    python,
    ...(asOf === undefined ? {} : { asOf }),
    evidence: [...evidence],
    apt: [...apt],
    ...(r === undefined ? {} : { r: makeR(r, asOf) }),
    ...(julia === undefined ? {} : { julia: { version: julia.version, directory: julia.directory } }),
    ...(nix === undefined ? {} : { nix }),
    ...conda,
    ...(variables === undefined ? {} : { variables: { ...variables } }),
    install: early.map(({ install }) => install),
    files: sortByPath([...locks, ...condaFiles, ...early.flatMap(({ files }) => files)]),
    crlf: scripts.filter(({ needsNormalising }) => needsNormalising).map(({ file }) => file),
    after: makeAfter(staged, detection),
    ...(start === undefined ? {} : { start: { file: start.file, hasShebang: start.hasShebang } }),
  };
};

/** Turns what a repository asks for into how its image is built: the same detection gives the same plan, byte for byte. */
export const makePlan = (detection: Detection): BuildPlan => {
  if (detection.kind === 'environment') return makeEnvironmentPlan(detection);
  if (detection.kind === 'devcontainer') {
    const { kind, evidence, from, commands } = detection;
    return { kind, recipe: RECIPE, evidence: [...evidence], from, commands: [...commands] };
  }
  const { evidence, file } = detection;
  return { kind: 'dockerfile', recipe: RECIPE, evidence: [...evidence], file };
};
