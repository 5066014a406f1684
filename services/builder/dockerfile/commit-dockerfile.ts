import { posix } from 'node:path';
import type { AfterStep, EnvironmentPlan, StagedFile } from '../../contracts/build-plan.ts';
import { hasCondaPython } from './conda-commands.ts';
import { BUILD_CONTEXT } from './image-layout.ts';
import { BASE_USER, ownerOf, renderUser, type ImageUser } from './image-user.ts';
import { installCommands, installMounts, renderServerTrial } from './install-commands.ts';
import { renderJuliaPackages } from './julia-commands.ts';
import {
  certificateMounts,
  exportCertificates,
  indexCommands,
  indexMounts,
  type NetworkOptions,
} from './network-access.ts';
import { nixVariables, renderNixShell } from './nix-commands.ts';
import { renderInstallR, renderRPackage } from './r-commands.ts';
import { recordNetwork, renderRecord } from './record-commands.ts';
import { renderExport, renderRun } from './run-instruction.ts';
import { shellQuote } from './shell-quote.ts';
import { markStep } from './step-kind.ts';

export type CommitDockerfileOptions = NetworkOptions & {
  /** The environment image to build on. */
  readonly environment: string;
  /** The operator's instructions at the end, run as the user of the session. */
  readonly appendix?: string | undefined;
  readonly user?: ImageUser | undefined;
};

/** Whether anything must run when the content is there; otherwise it is added as a layer and nothing is built. */
export const needsCommitBuild = ({ after, crlf }: EnvironmentPlan): boolean => after.length > 0 || crlf.length > 0;

/** The files that the build of a commit reads from BUILD_CONTEXT.staged. */
export const commitStagedFiles = ({ after }: EnvironmentPlan): readonly StagedFile[] =>
  after.flatMap((step) => (step.kind === 'local-packages' ? step.files : []));

/** The plan in the build context, where something is built; otherwise it is part of the layer. */
export const PLAN_FILE = 'plan.json';

/** Variables that belong to the configuration of the commit's image, however the image is made. */
export const commitEnvironment = (
  { start, nix }: EnvironmentPlan,
  user = BASE_USER,
): Readonly<Record<string, string>> => {
  if (nix !== undefined) return nixVariables(nix, start?.file);
  return start === undefined ? {} : { R2D_ENTRYPOINT: posix.join(user.repoDir, start.file) };
};

const enterRepository = ({ user = BASE_USER }: CommitDockerfileOptions): string => `cd ${user.repoDir}`;

const atTop = (file: string): string => shellQuote(`./${file}`);

/** Takes away the byte order mark and the CRs that no kernel or shell understands. */
const renderNormalise = (files: readonly string[], options: CommitDockerfileOptions): string =>
  renderRun(
    [],
    [
      enterRepository(options),
      `sed -i --follow-symlinks -e '1s/^\\xef\\xbb\\xbf//' -e 's/\\r$//' -- ${files.map(atTop).join(' ')}`,
    ],
  );

/** A script without an interpreter line is run by sh, as a shell would; one without the executable bit gets it. */
const renderScript = (file: string, hasShebang: boolean): readonly string[] =>
  hasShebang ? [`chmod +x -- ${atTop(file)}`, atTop(file)] : [`sh ${atTop(file)}`];

const networkOf = ({ caBundle, index }: CommitDockerfileOptions): NetworkOptions => ({ caBundle, index });

type LocalPackages = Extract<AfterStep, { kind: 'local-packages' }>;
type PostBuild = Extract<AfterStep, { kind: 'post-build' }>;

const renderLocalPackages = (
  step: LocalPackages,
  { python, asOf, conda }: EnvironmentPlan,
  options: CommitDockerfileOptions,
): readonly string[] => {
  const install = { ...networkOf(options), python, asOf, conda: hasCondaPython(conda) };
  const run = renderRun(installMounts(install), [
    markStep('local-packages'),
    enterRepository(options),
    ...(step.variables === undefined ? [] : [renderExport(step.variables)]),
    ...installCommands(step.install, install),
  ]);
  return [run, ...renderServerTrial(step.install, install)];
};

const renderPostBuild = ({ file, hasShebang }: PostBuild, network: CommitDockerfileOptions): string =>
  renderRun(
    [...certificateMounts(network), ...indexMounts(network)],
    [
      markStep('post-build'),
      enterRepository(network),
      ...exportCertificates(network),
      ...indexCommands(network),
      ...renderScript(file, hasShebang),
    ],
  );

const renderAfter = (step: AfterStep, plan: EnvironmentPlan, options: CommitDockerfileOptions): readonly string[] => {
  if (step.kind === 'local-packages') return renderLocalPackages(step, plan, options);
  if (step.kind === 'julia-packages') return [renderJuliaPackages(step, options)];
  if (step.kind === 'nix-shell') return [renderNixShell(step.file, options)];
  if (step.kind === 'install-r') return [renderInstallR(step.file, options)];
  return [step.kind === 'r-package' ? renderRPackage(options) : renderPostBuild(step, options)];
};

/**
 * The Dockerfile of a commit's image where something must run after the content was added. Its context has the
 * content, the files of makeInstallFiles, those of makeRecordFiles with the plan beside them and, where there are any, the staged files.
 */
export const renderCommitDockerfile = (plan: EnvironmentPlan, options: CommitDockerfileOptions): string => {
  const { user = BASE_USER } = options;
  const variables = Object.entries(commitEnvironment(plan, user));
  const instructions = [
    `FROM ${options.environment}`,
    ...renderUser(user),
    `COPY --chown=${ownerOf(user)} ${BUILD_CONTEXT.content}/ ${user.repoDir}/`,
    ...(plan.crlf.length > 0 ? [renderNormalise(plan.crlf, options)] : []),
    ...plan.after.flatMap((step) => renderAfter(step, plan, options)),
    ...(needsCommitBuild(plan) || options.appendix
      ? [renderRecord({ ...recordNetwork(plan, options), plan: PLAN_FILE })]
      : []),
    ...variables.map(([name, value]) => `ENV ${name}=${JSON.stringify(value)}`),
    ...(options.appendix ? [options.appendix] : []),
  ];
  return `${instructions.join('\n')}\n`;
};
