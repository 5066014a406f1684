import type { BuildEvent, BuildRequest, BuildResult } from '../../contracts/build.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Durations } from '../admission/durations.ts';
import type { BuildQueue } from './build-queue.ts';
import type { BuildWish, BuildWishes } from './build-wishes.ts';

/** Builds as launches see them: one of a name, however many follow it, and none that nobody wants. */
export type WantedBuilds = Pick<BuildQueue, 'follow' | 'depth'>;

type Parts = {
  readonly builds: Pick<BuildQueue, 'follow' | 'depth' | 'cancel'>;
  readonly wishes: BuildWishes;
  readonly durations: Durations;
  /** A build that nobody wants is finished when so much of its usual time is over. 0: always. */
  readonly finishPercent: number;
  readonly clock: Clock;
};

/** One launch that follows a build. */
type Following = {
  readonly request: BuildRequest;
  readonly signal: AbortSignal;
  readonly wish: BuildWish;
  startedAt: number | undefined;
};

/** A process that stops leaves its builds to the next one; only a launch that was given up wants its build no more. */
const isGivenUp = ({ signal }: Following): boolean => signal.aborted && signal.reason instanceof SlipwayError;

const isCancelled = (result: BuildResult): boolean => !result.ok && result.error.code === 'BUILD_CANCELLED';

/** A build that takes much longer than usual is not like the others, and nobody knows when it will be done. */
const MOST_PART = 2;

const isNearlyDone = async (
  { durations, finishPercent, clock }: Parts,
  { request, startedAt }: Following,
): Promise<boolean> => {
  if (finishPercent === 0) return true;
  const usual = await durations.usualOf('build', request.repository.canonical);
  if (usual === undefined || startedAt === undefined) return false;
  const part = (clock.now() - startedAt) / (usual * 1000);
  return part >= finishPercent / 100 && part <= MOST_PART;
};

const leave = async (parts: Parts, following: Following): Promise<void> => {
  const { wish, request } = following;
  const isToStop = isGivenUp(following) && !(await isNearlyDone(parts, following));
  if (!(await wish.withdraw(isToStop))) return;
  await parts.builds.cancel(request.imageName).catch((error: unknown) => {
    if (!(error instanceof SlipwayError)) throw error;
  });
};

async function* followOnce(
  { builds }: Pick<Parts, 'builds'>,
  following: Following,
): AsyncGenerator<BuildEvent, BuildResult> {
  const events = builds.follow(following.request, following.signal);
  let next = await events.next();
  for (; next.done !== true; next = await events.next()) {
    following.startedAt ??= next.value.at;
    yield next.value;
  }
  return next.value;
}

async function* follow(
  parts: Parts,
  request: BuildRequest,
  signal: AbortSignal,
): AsyncGenerator<BuildEvent, BuildResult> {
  const wish = await parts.wishes.make(request.imageName);
  const following: Following = { request, signal, wish, startedAt: undefined };
  try {
    const result = yield* followOnce(parts, following);
    if (!isCancelled(result) || !(await wish.wasStopped())) return result;
    following.startedAt = undefined;
    return yield* followOnce(parts, following);
  } finally {
    await leave(parts, following);
  }
}

/**
 * Stops a build when the last launch that follows it, at whichever process, is given up, unless it is nearly done.
 * Whoever comes while it is being stopped gets a new one.
 */
export const createWantedBuilds = (parts: Parts): WantedBuilds => ({
  follow: (request, signal) => follow(parts, request, signal),
  depth: () => parts.builds.depth(),
});
