import { createTally, fairOrder } from '../admission/fair-order.ts';
import type { UnfinishedBuild } from './build-queue.ts';

/**
 * The build that is next, of those that wait, oldest first: repositories and clients take turns, and no repository
 * has more builds at the same time than its share (0: any number). Undefined when none may run now.
 */
export const chooseBuild = <Build extends UnfinishedBuild>(
  builds: readonly Build[],
  perRepository: number,
): Build | undefined => {
  const contenders = builds.map((build, index) => {
    const { repository, client, imageName } = build.request;
    return { build, id: imageName, canonical: repository.canonical, client, createdAt: index };
  });
  const running = contenders.filter(({ build }) => build.isRunning);
  const repositories = createTally();
  for (const { canonical } of running) repositories.add(canonical);
  const waiting = contenders.filter(({ build }) => !build.isRunning);
  return fairOrder(waiting, running).find(
    ({ canonical }) => perRepository === 0 || repositories.of(canonical) < perRepository,
  )?.build;
};
