import type { DevcontainerPlan } from '../../contracts/build-plan.ts';
import { BASE_IMAGE, BUILD_CONTEXT, MOUNTS } from './image-layout.ts';
import { BASE_USER, ownerOf } from './image-user.ts';
import {
  certificateMounts,
  certificateVariables,
  exportCertificates,
  indexCommands,
  indexMounts,
  type NetworkOptions,
} from './network-access.ts';
import { renderExport, renderRun, type Mount } from './run-instruction.ts';
import { markStep } from './step-kind.ts';

export type DevcontainerDockerfileOptions = NetworkOptions & {
  /** The image of the development container. */
  readonly from: string;
  /** One of our base images, which has the installer and the list of what Jupyter needs. */
  readonly base: string;
  /** The operator's instructions at the end, run as the user of the session. */
  readonly appendix?: string | undefined;
};

/** At the end of the path, so that Python stays that of the image. */
const JUPYTER = '/srv/slipway/jupyter/bin';

const programs: Mount = { type: 'bind', source: BUILD_CONTEXT.devcontainer, target: MOUNTS.devcontainer };

const renderPrepare = ({ base, ...network }: DevcontainerDockerfileOptions): string => {
  const from = (source: string, target: string): Mount => ({ type: 'bind', from: base, source, target });
  const mounts = [
    programs,
    from('/srv/conda/envs/notebook/bin', MOUNTS.baseTools),
    from('/srv/slipway/base-requirements.txt', MOUNTS.baseRequirements),
    ...certificateMounts(network),
    ...indexMounts(network),
  ];
  return renderRun(mounts, [
    markStep('jupyter'),
    renderExport({ UV_NO_CACHE: '1', ...certificateVariables(network) }),
    ...indexCommands(network),
    `sh ${MOUNTS.devcontainer}/prepare.sh ${MOUNTS.baseTools}/uv ${MOUNTS.baseRequirements}`,
  ]);
};

const renderCommands = (network: NetworkOptions): string =>
  renderRun(
    [programs, ...certificateMounts(network), ...indexMounts(network)],
    [
      markStep('post-create'),
      ...exportCertificates(network),
      ...indexCommands(network),
      `sh ${MOUNTS.devcontainer}/commands.sh`,
    ],
  );

/**
 * The Dockerfile of a commit whose repository brings a development container: the image, ready for sessions, with the
 * content, after which the commands of the repository ran. Its context has the content and makeDevcontainerFiles.
 */
export const renderDevcontainerDockerfile = (
  { commands }: DevcontainerPlan,
  options: DevcontainerDockerfileOptions,
): string => {
  const instructions = [
    `FROM ${options.from}`,
    'USER root',
    renderPrepare(options),
    `ENV REPO_DIR=${BASE_IMAGE.repoDir} PATH=$PATH:${JUPYTER}`,
    `COPY --chown=${ownerOf(BASE_USER)} ${BUILD_CONTEXT.content}/ ${BASE_IMAGE.repoDir}/`,
    'USER 1000',
    `WORKDIR ${BASE_IMAGE.repoDir}`,
    ...(commands.length === 0 ? [] : [renderCommands(options)]),
    'EXPOSE 8888',
    'CMD ["jupyter", "lab", "--ip=0.0.0.0", "--port=8888", "--no-browser"]',
    ...(options.appendix ? [options.appendix] : []),
  ];
  return `${instructions.join('\n')}\n`;
};
