import type { BuildEvent, BuildRequest, BuildResult } from '../../contracts/build.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Durations } from '../admission/durations.ts';
import type { BuildQueue } from './build-queue.ts';

/** Builds as launches see them: one of a name, however many follow it, and none that nobody wants. */
export type WantedBuilds = Pick<BuildQueue, 'follow' | 'depth'>;

type Parts = {
  readonly builds: Pick<BuildQueue, 'follow' | 'depth' | 'cancel'>;
  readonly durations: Durations;
  /** A build that nobody wants is finished when so much of its usual time is over. 0: always. */
  readonly finishPercent: number;
  readonly clock: Clock;
};

/** One build and those who follow it. */
type Following = { followers: number; startedAt: number | undefined };

/** A process that stops leaves its builds to the next one; only a launch that was given up wants its build no more. */
const isGivenUp = (signal: AbortSignal): boolean => signal.aborted && signal.reason instanceof SlipwayError;

const isCancelled = (result: BuildResult): boolean => !result.ok && result.error.code === 'BUILD_CANCELLED';

const isNearlyDone = async (
  { durations, finishPercent, clock }: Parts,
  request: BuildRequest,
  startedAt?: number,
): Promise<boolean> => {
  if (finishPercent === 0) return true;
  const usual = await durations.usual('build', request.repository.canonical);
  if (usual === undefined || startedAt === undefined) return false;
  return clock.now() - startedAt >= usual * 10 * finishPercent;
};

/**
 * Stops a build when the last launch that follows it is given up, unless it is nearly done. Whoever comes while it is
 * being stopped gets a new one. Counts the launches of this process.
 */
export const createWantedBuilds = (parts: Parts): WantedBuilds => {
  const followings = new Map<string, Following>();
  /** Images whose build was stopped here, until somebody wants them again. */
  const dropped = new Set<string>();

  const drop = async ({ imageName }: BuildRequest): Promise<void> => {
    dropped.add(imageName);
    await parts.builds.cancel(imageName).catch((error: unknown) => {
      if (!(error instanceof SlipwayError)) throw error;
    });
  };
  const leave = async (request: BuildRequest, following: Following, signal: AbortSignal): Promise<void> => {
    following.followers -= 1;
    if (following.followers > 0) return;
    if (followings.get(request.imageName) === following) followings.delete(request.imageName);
    if (isGivenUp(signal) && !(await isNearlyDone(parts, request, following.startedAt))) await drop(request);
  };
  async function* followOnce(
    request: BuildRequest,
    following: Following,
    signal: AbortSignal,
  ): AsyncGenerator<BuildEvent, BuildResult> {
    const events = parts.builds.follow(request, signal);
    let next = await events.next();
    for (; next.done !== true; next = await events.next()) {
      following.startedAt ??= next.value.at;
      yield next.value;
    }
    return next.value;
  }
  async function* follow(request: BuildRequest, signal: AbortSignal): AsyncGenerator<BuildEvent, BuildResult> {
    const isBeingStopped = dropped.delete(request.imageName);
    const following = followings.get(request.imageName) ?? { followers: 0, startedAt: undefined };
    followings.set(request.imageName, following);
    following.followers += 1;
    try {
      const result = yield* followOnce(request, following, signal);
      return isBeingStopped && isCancelled(result) ? yield* followOnce(request, following, signal) : result;
    } finally {
      await leave(request, following, signal);
    }
  }
  return { follow, depth: () => parts.builds.depth() };
};
