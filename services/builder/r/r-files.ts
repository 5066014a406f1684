import type { EnvironmentPlan, RStep, StagedFile } from '../../contracts/build-plan.ts';
import { BUILD_CONTEXT } from '../dockerfile/image-layout.ts';
import { readPrograms } from '../own-programs.ts';

const PROGRAMS = ['install-packages.R', 'run-script.R', 'check-packages.R', 'restore-lock.R'];

/** As DESCRIPTION writes it. */
const renderNeed = ({ name, atLeast }: RStep['packages'][number]): string =>
  atLeast === undefined ? `${name}\n` : `${name} (>= ${atLeast})\n`;

/** What the builds of an image with R read from their context: our programs, and the packages that are needed. */
export const makeRFiles = ({ r }: EnvironmentPlan): readonly StagedFile[] =>
  r === undefined
    ? []
    : [
        ...readPrograms({ from: import.meta.dirname, to: BUILD_CONTEXT.r }, PROGRAMS),
        { path: `${BUILD_CONTEXT.r}/packages`, text: r.packages.map(renderNeed).join('') },
      ];
