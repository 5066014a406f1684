import type { EnvironmentPlan } from '../../contracts/build-plan.ts';
import type { BaseImage } from '../base/base-images.ts';
import { makeCondaFiles } from '../conda/conda-files.ts';
import { renderEnvironmentDockerfile } from '../dockerfile/environment-dockerfile.ts';
import { createContentTar } from '../image/content-tar.ts';
import { labelLock } from '../image/label-lock.ts';
import type { Start } from '../install/choose-start.ts';
import { startLabels, type StartFacts } from '../install/describe-start.ts';
import { makeInstallFiles } from '../install/install-files.ts';
import { toLockError } from '../lock/check-lock.ts';
import { makeNixFiles } from '../nix/nix-files.ts';
import { makeRFiles } from '../r/r-files.ts';
import { makeRecordFiles } from '../record/record-files.ts';
import { DOCKERFILE, makeContext, networkOf } from './build-context.ts';
import type { Build, Stage } from './build.ts';
import { makeEnvironmentLabels } from './image-labels.ts';
import { makeBuildError, type BuildFailure } from './make-build-error.ts';
import { runImageBuild } from './run-image-build.ts';
import { showDockerfile } from './show-dockerfile.ts';

/** How an environment is made: of wheels on an earlier one, of wheels on the base, or of whatever the index has. */
export type Way =
  | { readonly kind: 'start'; readonly start: Start }
  | { readonly kind: 'wheels' }
  | { readonly kind: 'sources' };

/** An environment could not be made in one way; another may well succeed. */
export class WayRefused extends Error {
  override readonly name = 'WayRefused';
}

/** One environment image to make. */
export type Installation = {
  readonly plan: EnvironmentPlan;
  readonly base: BaseImage;
  readonly key: string;
  readonly name: string;
  readonly facts: StartFacts | undefined;
};

/** How uv says that a package has no wheel, or none that fits the others (tried with uv 0.13). */
const NO_WHEEL = /\bwheels?\b|building from source is disabled/;

const isRefusal = ({ kind }: Way, { lastLines }: BuildFailure): boolean =>
  kind === 'start' || (kind === 'wheels' && lastLines.some((line) => NO_WHEEL.test(line)));

const makeErrorOf =
  (build: Build, way: Way) =>
  (failure: BuildFailure): Error => {
    if (isRefusal(way, failure)) return new WayRefused(failure.message);
    const error = makeBuildError(failure);
    return build.request.lock === undefined ? error : toLockError(error);
  };

const makeOwnFiles = ({ plan, key }: Installation, condaMirror: string) => [
  ...makeInstallFiles(),
  ...makeCondaFiles(plan, condaMirror),
  ...makeRFiles(plan),
  ...makeNixFiles(plan),
  ...makeRecordFiles({ subject: { name: 'slipway environment', version: key }, plan }),
];

/** Builds an environment image in one way; gives the hash of the lock of what is installed in it. Throws WayRefused. */
export const installEnvironment = async function* (
  build: Build,
  installation: Installation,
  way: Way,
): Stage<string | undefined> {
  const { plan, base, key, name: tag, facts } = installation;
  const { parts, signal } = build;
  const { options } = parts;
  const { packageCache, juliaMirror, condaMirror } = options;
  const start = way.kind === 'start' ? way.start : undefined;
  const dockerfile = renderEnvironmentDockerfile(plan, {
    ...networkOf(options),
    base: base.name,
    start: start?.name,
    fromSources: way.kind === 'sources',
    packageCache,
    juliaMirror,
  });
  const own = makeOwnFiles(installation, condaMirror);
  const context = createContentTar(makeContext({ dockerfile, staged: plan.files, own }, options), 0);
  // What was built from sources is no start for others.
  const found = facts === undefined || way.kind === 'sources' ? {} : startLabels(facts, start ? start.depth + 1 : 0);
  const labels = makeEnvironmentLabels(key, plan.python, found);
  yield* showDockerfile(build, dockerfile);
  const image = { tag, context, dockerfile: DOCKERFILE, labels };
  yield* runImageBuild(build, { image, from: base.name, makeError: makeErrorOf(build, way) });
  return labelLock(parts, { tag, labels }, signal);
};
