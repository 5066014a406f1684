import type { BuildPlan } from '../contracts/build-plan.ts';
import type { DetectOptions } from './detect/detect.ts';
import { detect } from './detect/detect.ts';
import { createDirectoryRepositoryFiles } from './detect/directory-repository-files.ts';
import { makePlan } from './plan/make-plan.ts';

/**
 * The plan of a directory of this machine: nothing is built, written or asked of the network, so what moves (a branch,
 * a file on a server) is named as the repository names it. Throws DETECT_ errors.
 */
export const planDirectory = (directory: string, options: DetectOptions): BuildPlan =>
  makePlan(detect(createDirectoryRepositoryFiles(directory), options));
