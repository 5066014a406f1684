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
 * repository installs cannot change how it is read. `python` is whom the index is asked for, where not for what is installed.
 */
export const recordCommand = (mount: string, python?: string): string =>
  [
    `/usr/bin/python3 -I -S ${mount}/record.py ${mount}/request.json ${RECORD.directory}`,
    ...(python === undefined ? [] : [python]),
  ].join(' ');

/** Where recordCommand finds its programs. */
export const recordMount: Mount = { type: 'bind', source: BUILD_CONTEXT.record, target: MOUNTS.record };

/** The instruction that records what is installed, as the last of a build that installs something. */
export const renderRecord = ({ plan, ...network }: RecordOptions): string =>
  renderRun(
    [recordMount, ...certificateMounts(network), ...indexMounts(network)],
    [
      markStep('record'),
      renderExport({ UV_NO_CACHE: '1', ...certificateVariables(network) }),
      ...indexCommands(network),
      recordCommand(MOUNTS.record),
      ...(plan === undefined ? [] : [`cp ${MOUNTS.record}/${plan} ${RECORD.plan}`]),
    ],
  );
