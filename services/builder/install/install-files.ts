import type { StagedFile } from '../../contracts/build-plan.ts';
import { BUILD_CONTEXT } from '../dockerfile/image-layout.ts';
import { readPrograms } from '../own-programs.ts';

/** The programs of ours that a build which installs Python packages reads from its context. */
export const makeInstallFiles = (): readonly StagedFile[] =>
  readPrograms({ from: import.meta.dirname, to: BUILD_CONTEXT.install }, ['compile.py', 'start-from.py']);
