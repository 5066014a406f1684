import type { DevcontainerPlan, StagedFile } from '../../contracts/build-plan.ts';
import { BUILD_CONTEXT } from '../dockerfile/image-layout.ts';
import { readPrograms } from '../own-programs.ts';

/** What the build of a development container reads from its context: how it is prepared, and the commands of the repository. */
export const makeDevcontainerFiles = ({ commands }: DevcontainerPlan): readonly StagedFile[] => [
  ...readPrograms({ from: import.meta.dirname, to: BUILD_CONTEXT.devcontainer }, ['prepare.sh']),
  { path: `${BUILD_CONTEXT.devcontainer}/commands.sh`, text: ['set -e', ...commands, ''].join('\n') },
];
