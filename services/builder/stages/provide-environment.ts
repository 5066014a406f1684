import type { EnvironmentPlan } from '../../contracts/build-plan.ts';
import { makeEnvironmentImageName } from '../../contracts/image-name.ts';
import { LABELS } from '../../contracts/labels.ts';
import { needsEnvironmentBuild } from '../dockerfile/environment-dockerfile.ts';
import { findImage } from '../image/find-image.ts';
import { chooseStart } from '../install/choose-start.ts';
import { describeStart } from '../install/describe-start.ts';
import { isOfWheels } from '../install/is-of-wheels.ts';
import { checkBase } from '../lock/check-lock.ts';
import { environmentPeriod } from '../plan/environment-period.ts';
import { makeEnvironmentKey } from '../plan/make-environment-key.ts';
import { asEvents, makeLine } from './build-events.ts';
import type { Build, Stage } from './build.ts';
import { installEnvironment, WayRefused, type Installation, type Way } from './install-environment.ts';
import { publishImage } from './publish-image.ts';

/** The image that the content of a commit is put on; `lock` is the hash of what is installed in it. */
export type Environment = {
  readonly name: string;
  readonly key: string;
  readonly lock?: string | undefined;
};

const AFTER_REFUSAL = {
  start: 'Installing on the base instead',
  wheels: 'Not every package has a wheel that fits: building from sources what has none',
} as const;

/** The ways to make an environment, the fastest first; a lock is always installed on the base that it names. */
const listWays = async ({ parts, request }: Build, { plan, facts }: Installation): Promise<readonly Way[]> => {
  const wheels: readonly Way[] = isOfWheels(plan) ? [{ kind: 'wheels' }] : [];
  const { imagePrefix } = parts.options;
  const onBase: readonly Way[] = [...wheels, { kind: 'sources' }];
  if (facts === undefined || request.lock !== undefined) return onBase;
  const earlier = await parts.images.list({ [LABELS.kind]: 'environment', [LABELS.family]: facts.family });
  const own = earlier.filter(({ name }) => name.startsWith(makeEnvironmentImageName(imagePrefix, '')));
  const start = chooseStart(own, facts.requirements);
  return start === undefined ? onBase : [{ kind: 'start', start }, ...onBase];
};

/** Installs in the first way that is not refused; what the last one fails of is thrown. */
const install = async function* (build: Build, installation: Installation): Stage<string | undefined> {
  const { clock } = build.parts;
  for (const way of await listWays(build, installation)) {
    if (way.kind === 'start') yield makeLine('building', `Starting from ${way.start.name}, which is near`, clock);
    try {
      return yield* installEnvironment(build, installation, way);
    } catch (error) {
      if (!(error instanceof WayRefused) || way.kind === 'sources') throw error;
      yield makeLine('building', AFTER_REFUSAL[way.kind], clock);
    }
  }
  return undefined;
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
  const facts = describeStart(plan, { ...base, period });
  const lock = yield* install(build, { plan, base, ...environment, facts });
  yield* publishImage(build, environment.name);
  return { ...environment, lock };
};
