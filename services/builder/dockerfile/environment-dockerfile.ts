import type { EnvironmentPlan } from '../../contracts/build-plan.ts';
import { renderCondaInstall, renderCondaTool } from './conda-commands.ts';
import { BASE_IMAGE, BUILD_CONTEXT, MOUNTS } from './image-layout.ts';
import { installCommands, installMounts } from './install-commands.ts';
import type { NetworkOptions } from './network-access.ts';
import { recordNetwork, renderRecord } from './record-commands.ts';
import { renderExport, renderRun, type Mount } from './run-instruction.ts';
import { shellQuote } from './shell-quote.ts';
import { markStep } from './step-kind.ts';

export type EnvironmentDockerfileOptions = NetworkOptions & {
  /** The image to build on. */
  readonly base: string;
  /**
   * Who shares a cache of downloaded and built packages. Building one from source runs its code with the cache in
   * reach, so whoever shares it trusts each other.
   */
  readonly cacheScope?: string | undefined;
};

/** Whether anything is installed at all; otherwise the base is the environment. */
export const needsEnvironmentBuild = ({ apt, conda, install }: EnvironmentPlan): boolean =>
  apt.length > 0 || conda !== undefined || install.length > 0;

/** Name of the package cache that a scope shares. */
export const packageCache = (scope: string | undefined): string =>
  scope === undefined ? 'slipway-uv' : `slipway-uv-${scope}`;

/** Only lists and downloads are shared between builds: what apt knows of the image itself stays in the image. */
const aptMounts = (python: string, caBundle: boolean): readonly Mount[] => [
  ...['/var/cache/apt', '/var/lib/apt/lists'].map((target) => ({
    type: 'cache',
    id: `slipway-apt-${python}${target.replaceAll('/', '-')}`,
    target,
    sharing: 'locked',
  })),
  ...(caBundle ? [{ type: 'bind', source: BUILD_CONTEXT.caBundle, target: MOUNTS.caBundle }] : []),
];

/** The authorities are an option here, not a mount at their usual place: a package may want to write that file. */
const renderApt = ({ apt, python }: EnvironmentPlan, caBundle: boolean): string => {
  const authorities = caBundle ? ` -o Acquire::https::CAInfo=${MOUNTS.caBundle}` : '';
  // Without Pattern-Only a name that does not exist would be a pattern that matches others.
  const install = `apt-get${authorities} -o APT::Cmd::Pattern-Only=true install --yes --no-install-recommends`;
  return renderRun(aptMounts(python, caBundle), [
    markStep('apt'),
    renderExport({ DEBIAN_FRONTEND: 'noninteractive' }),
    `apt-get${authorities} update`,
    `${install} -- ${apt.map(shellQuote).join(' ')}`,
  ]);
};

/**
 * The Dockerfile of an environment image: Debian packages as root, then conda and Python packages as the user of the
 * base. Its context has BUILD_CONTEXT.staged with the files of the plan, the files of makeRecordFiles, and for conda those
 * of makeCondaFiles.
 */
export const renderEnvironmentDockerfile = (plan: EnvironmentPlan, options: EnvironmentDockerfileOptions): string => {
  const { base, cacheScope, caBundle, index } = options;
  const cache = packageCache(cacheScope);
  const hasConda = plan.conda !== undefined;
  const install = { caBundle, index, python: plan.python, asOf: plan.asOf, conda: hasConda, cache };
  const conda = { caBundle, index, base, cache, asOf: plan.asOf };
  const instructions = [
    ...(hasConda ? [renderCondaTool(conda)] : []),
    `FROM ${base}`,
    ...(plan.apt.length > 0 ? ['USER root', renderApt(plan, caBundle)] : []),
    `USER ${BASE_IMAGE.user}`,
    ...(hasConda ? renderCondaInstall(conda) : []),
    ...plan.install.map((step) =>
      renderRun(installMounts(install), [markStep('install'), ...installCommands(step, install)]),
    ),
    ...(needsEnvironmentBuild(plan) ? [renderRecord({ ...recordNetwork(plan, options), cache })] : []),
  ];
  return `${instructions.join('\n')}\n`;
};
