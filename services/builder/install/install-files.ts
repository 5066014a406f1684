import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StagedFile } from '../../contracts/build-plan.ts';
import { BUILD_CONTEXT } from '../dockerfile/image-layout.ts';

const PROGRAMS = ['compile.py', 'start-from.py'];

/** The programs of ours that a build which installs Python packages reads from its context. */
export const makeInstallFiles = (): readonly StagedFile[] =>
  PROGRAMS.map((name) => ({
    path: `${BUILD_CONTEXT.install}/${name}`,
    text: readFileSync(join(import.meta.dirname, name), 'utf8'),
  }));
