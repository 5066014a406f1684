import { createHash } from 'node:crypto';
import type { EnvironmentPlan } from '../../contracts/build-plan.ts';
import type { BuildRequest } from '../../contracts/build.ts';
import { makeEnvironmentImageName } from '../../contracts/image-name.ts';
import { LABELS } from '../../contracts/labels.ts';
import type { BaseImage } from '../base/base-images.ts';
import { makeCondaFiles } from '../conda/conda-files.ts';
import { needsEnvironmentBuild, renderEnvironmentDockerfile } from '../dockerfile/environment-dockerfile.ts';
import { createContentTar } from '../image/content-tar.ts';
import { findImage } from '../image/find-image.ts';
import { makeNixFiles } from '../nix/nix-files.ts';
import { makeRFiles } from '../r/r-files.ts';
import { labelLock } from '../image/label-lock.ts';
import { checkBase, toLockError } from '../lock/check-lock.ts';
import { environmentPeriod } from '../plan/environment-period.ts';
import { makeEnvironmentKey } from '../plan/make-environment-key.ts';
import { makeRecordFiles } from '../record/record-files.ts';
import { DOCKERFILE, makeContext, networkOf } from './build-context.ts';
import { asEvents, makeLine } from './build-events.ts';
import type { Build, Stage } from './build.ts';
import { makeEnvironmentLabels } from './image-labels.ts';
import { makeBuildError, type BuildFailure } from './make-build-error.ts';
import { publishImage } from './publish-image.ts';
import { runImageBuild } from './run-image-build.ts';
import { showDockerfile } from './show-dockerfile.ts';

/** The image that the content of a commit is put on; `lock` is the hash of what is installed in it. */
export type Environment = {
  readonly name: string;
  readonly key: string;
  readonly lock?: string | undefined;
};

/** Building a package from source runs its code beside the cache, so repositories do not share one. */
const makeCacheScope = ({ repository }: BuildRequest): string =>
  createHash('sha256').update(repository.canonical).digest('hex').slice(0, 16);

const makeErrorOf = ({ lock }: BuildRequest) =>
  lock === undefined ? makeBuildError : (failure: BuildFailure) => toLockError(makeBuildError(failure));

const install = async function* (
  build: Build,
  plan: EnvironmentPlan,
  { base, environment }: { readonly base: BaseImage; readonly environment: Environment },
): Stage<string | undefined> {
  const { parts, signal } = build;
  const { options } = parts;
  const cacheScope = makeCacheScope(build.request);
  const inputs = { ...networkOf(options), base: base.name, cacheScope, juliaMirror: options.juliaMirror };
  const dockerfile = renderEnvironmentDockerfile(plan, inputs);
  const subject = { name: 'slipway environment', version: environment.key };
  const own = [
    ...makeCondaFiles(plan, options.condaMirror),
    ...makeRFiles(plan),
    ...makeNixFiles(plan),
    ...makeRecordFiles({ subject, plan }),
  ];
  const context = createContentTar(makeContext({ dockerfile, staged: plan.files, own }, options), 0);
  const labels = makeEnvironmentLabels(environment.key, plan.python);
  yield* showDockerfile(build, dockerfile);
  const tag = environment.name;
  const image = { tag, context, dockerfile: DOCKERFILE, labels };
  yield* runImageBuild(build, { image, from: base.name, makeError: makeErrorOf(build.request) });
  return labelLock(parts, { tag, labels }, signal);
};

/** Finds the environment image by what its installation reads, or builds it; the log says which and why. */
export const provideEnvironment = async function* (build: Build, plan: EnvironmentPlan): Stage<Environment> {
  const { bases, clock, images, options } = build.parts;
  const base = yield* asEvents(bases.ensure({ python: plan.python }, build.signal), 'building', clock);
  const { lock: wanted } = build.request;
  if (wanted !== undefined) checkBase(wanted, base);
  const period = environmentPeriod(plan, options.environmentMaxAgeDays, clock.now());
  const key = makeEnvironmentKey(plan, { ...base, period });
  const environment = { name: makeEnvironmentImageName(options.imagePrefix, key), key };
  if (!needsEnvironmentBuild(plan)) {
    yield makeLine('building', 'The repository asks for no packages: nothing to install', clock);
    return { name: base.name, key, lock: base.key };
  }
  if (yield* asEvents(findImage(build.parts, environment.name, build.signal), 'building', clock)) {
    yield makeLine('building', `environment ${key} is unchanged: nothing to install`, clock);
    const found = await images.find(environment.name);
    return { ...environment, lock: found?.labels[LABELS.lock] };
  }
  yield makeLine('building', `environment ${key} is new: installing`, clock);
  const lock = yield* install(build, plan, { base, environment });
  yield* publishImage(build, environment.name);
  return { ...environment, lock };
};
