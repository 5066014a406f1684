import type { BuildPlan, Evidence } from '../../contracts/build-plan.ts';
import { detect } from '../detect/detect.ts';
import { createDirectoryRepositoryFiles } from '../detect/directory-repository-files.ts';
import type { FetchedContent } from '../fetch/content-fetcher.ts';
import { makePlan } from '../plan/make-plan.ts';
import { makeLine } from './build-events.ts';
import type { Build, Stage } from './build.ts';

const describe = ({ file, used, because }: Evidence): string =>
  file === '' ? because : `${file}: ${used ? 'used' : 'not used'}, ${because}`;

/** Reads what the repository asks for, says why, and plans how to make it. Throws DETECT_ errors. */
export const planContent = async function* ({ parts }: Build, { directory }: FetchedContent): Stage<BuildPlan> {
  const detection = detect(createDirectoryRepositoryFiles(directory), parts.options);
  for (const evidence of detection.evidence) yield makeLine('building', describe(evidence), parts.clock);
  return makePlan(detection);
};
