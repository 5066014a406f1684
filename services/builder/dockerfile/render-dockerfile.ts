import type { EnvironmentPlan } from '../../contracts/build-plan.ts';
import { commitStagedFiles, renderCommitDockerfile } from './commit-dockerfile.ts';
import { renderEnvironmentDockerfile, type EnvironmentDockerfileOptions } from './environment-dockerfile.ts';
import { BUILD_CONTEXT } from './image-layout.ts';

const ENVIRONMENT = 'environment';

const listFiles = (files: readonly { readonly path: string }[]): string =>
  files.length === 0 ? 'none' : files.map(({ path }) => path).join(', ');

/**
 * Both images of a commit as one text for people to read. Slipway builds them apart, so that commits share an
 * environment, and each with its own files in the staged directory.
 */
export const renderDockerfile = (plan: EnvironmentPlan, options: EnvironmentDockerfileOptions): string => {
  const environment = renderEnvironmentDockerfile(plan, options);
  const commit = renderCommitDockerfile(plan, { ...options, environment: ENVIRONMENT });
  return [
    `# The environment, shared by all commits that install the same. ${BUILD_CONTEXT.staged}/: ${listFiles(plan.files)}`,
    environment.replace(/^(FROM \S+)$/m, `$1 AS ${ENVIRONMENT}`),
    `# The commit. ${BUILD_CONTEXT.staged}/: ${listFiles(commitStagedFiles(plan))}`,
    commit,
  ].join('\n');
};
