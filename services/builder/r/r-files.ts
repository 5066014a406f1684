import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EnvironmentPlan, RStep, StagedFile } from '../../contracts/build-plan.ts';
import { BUILD_CONTEXT } from '../dockerfile/image-layout.ts';

const PROGRAMS = ['install-packages.R', 'run-script.R', 'check-packages.R', 'restore-lock.R'];

const own = (name: string): StagedFile => ({
  path: `${BUILD_CONTEXT.r}/${name}`,
  text: readFileSync(join(import.meta.dirname, name), 'utf8'),
});

/** As DESCRIPTION writes it. */
const renderNeed = ({ name, atLeast }: RStep['packages'][number]): string =>
  atLeast === undefined ? `${name}\n` : `${name} (>= ${atLeast})\n`;

/** What the builds of an image with R read from their context: our programs, and the packages that are needed. */
export const makeRFiles = ({ r }: EnvironmentPlan): readonly StagedFile[] =>
  r === undefined
    ? []
    : [...PROGRAMS.map(own), { path: `${BUILD_CONTEXT.r}/packages`, text: r.packages.map(renderNeed).join('') }];
