import type { EnvironmentPlan } from '../../contracts/build-plan.ts';
import { BUILD_CONTEXT, MOUNTS, RECORD } from './image-layout.ts';
import {
  certificateMounts,
  certificateVariables,
  indexCommands,
  indexMounts,
  type NetworkOptions,
} from './network-access.ts';
import { renderExport, renderRun, type Mount } from './run-instruction.ts';
import { markStep } from './step-kind.ts';

export type RecordOptions = NetworkOptions & {
  /** Name of the package cache, which has what the index says of the packages; undefined for none. */
  readonly cache: string | undefined;
  /** A file of the build context, beside the programs, that is kept as the plan. */
  readonly plan?: string;
};

/** The operator's index is asked for hashes, unless the files of a repository name an index of their own. */
export const recordNetwork = ({ install }: EnvironmentPlan, { caBundle, index }: NetworkOptions): NetworkOptions => ({
  caBundle,
  index: index && !install.some(({ ownIndex }) => ownIndex),
});

/**
 * The program that records what is installed. The system's Python runs it, and nothing of the environment: what a
 * repository installs cannot change how it is read.
 */
export const recordCommand = (mount: string): string =>
  `/usr/bin/python3 -I -S ${mount}/record.py ${mount}/request.json ${RECORD.directory}`;

/** Where recordCommand finds its programs. */
export const recordMount: Mount = { type: 'bind', source: BUILD_CONTEXT.record, target: MOUNTS.record };

/** The instruction that records what is installed, as the last of a build that installs something. */
export const renderRecord = ({ cache, plan, ...network }: RecordOptions): string => {
  const variables = {
    ...(cache === undefined ? { UV_NO_CACHE: '1' } : { UV_CACHE_DIR: MOUNTS.uvCache }),
    ...certificateVariables(network),
  };
  const mounts = [
    recordMount,
    ...(cache === undefined ? [] : [{ type: 'cache', id: cache, target: MOUNTS.uvCache, uid: '1000', gid: '1000' }]),
    ...certificateMounts(network),
    ...indexMounts(network),
  ];
  return renderRun(mounts, [
    markStep('record'),
    renderExport(variables),
    ...indexCommands(network),
    recordCommand(MOUNTS.record),
    ...(plan === undefined ? [] : [`cp ${MOUNTS.record}/${plan} ${RECORD.plan}`]),
  ]);
};
