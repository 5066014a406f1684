import type { EnvironmentPlan } from '../../contracts/build-plan.ts';
import { isCleanBefore, isOfWheels } from '../install/is-of-wheels.ts';
import { aptCommand, aptMounts, type AptOptions } from './apt-commands.ts';
import { condaCache, hasCondaPython, renderCondaInstall, renderCondaTool } from './conda-commands.ts';
import { BASE_IMAGE, MOUNTS } from './image-layout.ts';
import { installCommands, installMounts, renderServerTrial, type InstallOptions } from './install-commands.ts';
import { renderJuliaInstall } from './julia-commands.ts';
import type { NetworkOptions } from './network-access.ts';
import { renderRInstall } from './r-commands.ts';
import { renderNixInstall } from './nix-commands.ts';
import { recordCommand, recordMount, recordNetwork, renderRecord } from './record-commands.ts';
import { renderVariables } from './render-variables.ts';
import { renderExport, renderRun } from './run-instruction.ts';
import { shellQuote } from './shell-quote.ts';
import { markStep } from './step-kind.ts';
import { WHEELS_PYTHON } from './wheels-commands.ts';

export type EnvironmentDockerfileOptions = NetworkOptions & {
  /** The image to build on. */
  readonly base: string;
  /** Whether packages may be built from their sources where all of them might be wheels. */
  readonly fromSources?: boolean;
  /** An environment to start from in place of the base; only with wheels. */
  readonly start?: string | undefined;
  /** Name of the caches of packages. */
  readonly packageCache: string;
  /** The server of Julia's releases. */
  readonly juliaMirror: string;
};

/** Whether anything is installed at all; otherwise the base is the environment. */
export const needsEnvironmentBuild = (plan: EnvironmentPlan): boolean =>
  plan.apt.length > 0 ||
  plan.install.length > 0 ||
  [plan.r, plan.julia, plan.nix, plan.conda, plan.variables].some((part) => part !== undefined);

const renderApt = (apt: readonly string[], options: AptOptions): string => {
  // Without Pattern-Only a name that does not exist would be a pattern that matches others.
  const install = `${aptCommand(options)} -o APT::Cmd::Pattern-Only=true install --yes --no-install-recommends`;
  return renderRun(aptMounts(options), [
    markStep('apt'),
    renderExport({ DEBIAN_FRONTEND: 'noninteractive' }),
    `${aptCommand(options)} update`,
    `${install} -- ${apt.map(shellQuote).join(' ')}`,
  ]);
};

/**
 * A single installation is recorded by its own instruction, which has the same network and cache: an instruction less is
 * a container and a layer less.
 */
const recordsWithInstall = ({ install }: EnvironmentPlan): boolean => install.length === 1;

const renderInstalls = (plan: EnvironmentPlan, options: InstallOptions): readonly string[] => {
  const isRecorded = recordsWithInstall(plan);
  const mounts = [...installMounts(options), ...(isRecorded ? [recordMount] : [])];
  const record = isRecorded ? [recordCommand(MOUNTS.record, options.wheels && WHEELS_PYTHON)] : [];
  return plan.install.flatMap((step) => [
    renderRun(mounts, [markStep('install'), ...installCommands(step, options), ...record]),
    ...renderServerTrial(step, options),
  ]);
};

/**
 * The Dockerfile of an environment image: Debian packages, R and Julia as root, then conda and Python packages as the user of
 * the base, and variables at the end, so that no installer sees them. Its context has BUILD_CONTEXT.staged with the files of
 * the plan, the files of makeRecordFiles and makeInstallFiles, for conda those of makeCondaFiles, for R and Nix those of
 * makeRFiles and makeNixFiles.
 */
export const renderEnvironmentDockerfile = (plan: EnvironmentPlan, options: EnvironmentDockerfileOptions): string => {
  const { base, start, fromSources = false, packageCache, caBundle, index, juliaMirror } = options;
  const { conda, python, asOf } = plan;
  const wheels = isOfWheels(plan) && !fromSources ? { cache: `${packageCache}-wheels`, base, start } : undefined;
  const install = { caBundle, index, python, asOf, conda: hasCondaPython(conda), wheels };
  const apt = { caBundle, index, python };
  const condaOptions = {
    caBundle,
    index,
    base,
    asOf,
    cache: conda && isCleanBefore(plan) ? `${packageCache}-${condaCache(conda, plan.files)}` : undefined,
  };
  const instructions = [
    ...(conda === undefined ? [] : [renderCondaTool(condaOptions)]),
    `FROM ${start ?? base}`,
    ...(plan.apt.length > 0 ? ['USER root', renderApt(plan.apt, apt)] : []),
    ...(plan.r === undefined ? [] : renderRInstall(plan.r, apt)),
    ...(plan.nix === undefined ? [] : renderNixInstall(plan.nix, apt)),
    ...(plan.julia === undefined ? [] : renderJuliaInstall(plan.julia, { caBundle, index, juliaMirror })),
    `USER ${BASE_IMAGE.user}`,
    ...(conda === undefined ? [] : renderCondaInstall(conda, condaOptions)),
    ...renderInstalls(plan, install),
    ...(recordsWithInstall(plan) ? [] : [renderRecord(recordNetwork(plan, options))]),
    ...renderVariables(plan.variables ?? {}),
  ];
  return `${instructions.join('\n')}\n`;
};
