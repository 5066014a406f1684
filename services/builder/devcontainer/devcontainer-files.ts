import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DevcontainerPlan, StagedFile } from '../../contracts/build-plan.ts';
import { BUILD_CONTEXT } from '../dockerfile/image-layout.ts';

/** What the build of a development container reads from its context: how it is prepared, and the commands of the repository. */
export const makeDevcontainerFiles = ({ commands }: DevcontainerPlan): readonly StagedFile[] => [
  {
    path: `${BUILD_CONTEXT.devcontainer}/prepare.sh`,
    text: readFileSync(join(import.meta.dirname, 'prepare.sh'), 'utf8'),
  },
  { path: `${BUILD_CONTEXT.devcontainer}/commands.sh`, text: ['set -e', ...commands, ''].join('\n') },
];
