import type { BuildPlan, Evidence } from '../../contracts/build-plan.ts';
import { detect } from '../detect/detect.ts';
import { createDirectoryRepositoryFiles } from '../detect/directory-repository-files.ts';
import type { Detection } from '../detect/detection.ts';
import type { FetchedContent } from '../fetch/content-fetcher.ts';
import { checkWish } from '../lock/check-lock.ts';
import { lockDetection } from '../lock/lock-detection.ts';
import { chooseDay } from '../plan/choose-day.ts';
import { makeWishKey } from '../plan/make-environment-key.ts';
import { makePlan } from '../plan/make-plan.ts';
import { makeLine } from './build-events.ts';
import type { Build, Stage } from './build.ts';
import { pinSources } from './pin-sources.ts';

const describe = ({ file, used, because }: Evidence): string =>
  file === '' ? because : `${file}: ${used ? 'used' : 'not used'}, ${because}`;

/** A plan in which nothing moves, and the hash of what it was made for. */
export type Planned = { readonly plan: BuildPlan; readonly wish?: string };

/** Takes the packages of the lock, where there is one: nothing is left that could move. Else resolves what moves. */
const settle = async function* (build: Build, detection: Detection, wish: string | undefined): Stage<Detection> {
  const { lock } = build.request;
  if (lock === undefined) return yield* pinSources(build, detection);
  checkWish(lock, wish);
  if (detection.kind !== 'environment') return detection;
  yield makeLine('building', 'Exactly the packages of the lock are installed', build.parts.clock);
  return lockDetection(detection, lock);
};

/**
 * Reads what the repository asks for, says why, finds out what it names by something that moves, and plans how to make
 * it. Throws DETECT_, SOURCE_ and LOCK_ errors.
 */
export const planContent = async function* (build: Build, { directory, committedAt }: FetchedContent): Stage<Planned> {
  const { parts, request } = build;
  const found = detect(createDirectoryRepositoryFiles(directory), parts.options);
  const detection = request.asOf === undefined ? found : chooseDay(found, request.asOf, committedAt);
  for (const evidence of detection.evidence) yield makeLine('building', describe(evidence), parts.clock);
  const asked = makePlan(detection);
  const wish = asked.kind === 'environment' ? makeWishKey(asked) : undefined;
  const plan = makePlan(yield* settle(build, detection, wish));
  return { plan, ...(wish === undefined ? {} : { wish }) };
};
