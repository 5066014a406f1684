import type { BuildEvent, BuildRequest, BuildResult } from '../../contracts/build.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { Database } from '../../platform/sqlite.ts';
import { createWakeUp, type WakeUp } from '../events/wake-up.ts';
import type { BuildJob, BuildQueue } from './build-queue.ts';
import { chooseBuild } from './choose-build.ts';

/** A build that is not finished, with its log so far. The log dies with the process, as the build does. */
type Build = {
  readonly request: BuildRequest;
  readonly events: BuildEvent[];
  readonly stopping: AbortController;
  isRunning: boolean;
  result: BuildResult | undefined;
};

const makeBuild = (request: BuildRequest): Build => ({
  request,
  events: [],
  stopping: new AbortController(),
  isRunning: false,
  result: undefined,
});

/** Builds that are not finished, as they survive the process. */
const createBuildTable = (database: Database) => {
  const add = database.prepare('INSERT INTO builds (image, request) VALUES (?, ?)');
  const remove = database.prepare('DELETE FROM builds WHERE image = ?');
  const all = database.prepare('SELECT request FROM builds ORDER BY position');
  return {
    all: () => all.all().map((row) => JSON.parse(String(row['request'])) as BuildRequest),
    add: (request: BuildRequest) => void add.run(request.imageName, JSON.stringify(request)),
    remove: (request: BuildRequest) => void remove.run(request.imageName),
  };
};

/** Joins the build and yields its log from the beginning; returns its result, or throws the signal's reason. */
async function* followBuild(join: () => Build, wakeUp: WakeUp, signal: AbortSignal) {
  const build = join();
  for (let next = 0; ;) {
    signal.throwIfAborted();
    const event = build.events[next];
    if (event !== undefined) {
      yield event;
      next += 1;
    } else if (build.result !== undefined) {
      return build.result;
    } else {
      await wakeUp.wait(build.request.imageName, signal);
    }
  }
}

/** Woken when the next build may be another one; no image name is empty. */
const CHANGED = '';

/** The builds that are not finished, in memory and in the table; whoever changes one wakes those who follow it. */
const createBuilds = (database: Database) => {
  const table = createBuildTable(database);
  const wakeUp = createWakeUp();
  const builds = new Map(table.all().map((request) => [request.imageName, makeBuild(request)]));
  return {
    wakeUp,
    all: (): Build[] => [...builds.values()],
    /** Throws BUILD_NOT_FOUND. */
    find: (imageName: string): Build => {
      const build = builds.get(imageName);
      if (build === undefined) throw new SlipwayError('BUILD_NOT_FOUND');
      return build;
    },
    join: (request: BuildRequest): Build => {
      const joined = builds.get(request.imageName);
      if (joined !== undefined) return joined;
      const build = makeBuild(request);
      table.add(request);
      builds.set(request.imageName, build);
      wakeUp.wake(CHANGED);
      return build;
    },
    report: (build: Build, event: BuildEvent): void => {
      build.events.push(event);
      wakeUp.wake(build.request.imageName);
    },
    finish: (build: Build, result: BuildResult): void => {
      if (build.result !== undefined) return;
      table.remove(build.request);
      builds.delete(build.request.imageName);
      build.result = result;
      wakeUp.wake(build.request.imageName);
      wakeUp.wake(CHANGED);
    },
  };
};

/**
 * A queue whose jobs outlive the process, in a database of MIGRATIONS. One process at a time: whatever is in the
 * table when the queue is opened has lost its worker and is queued again. `perRepository` is the most builds of one
 * repository at the same time; 0: any number.
 */
export const createSqliteBuildQueue = (database: Database, perRepository = 0): BuildQueue => {
  const builds = createBuilds(database);
  const { wakeUp } = builds;
  const makeJob = (build: Build): BuildJob => ({
    request: build.request,
    signal: build.stopping.signal,
    report: async (event) => builds.report(build, event),
    finish: async (result) => builds.finish(build, result),
  });

  return {
    follow: (request, signal) => followBuild(() => builds.join(request), wakeUp, signal),
    watch: (imageName, signal) => followBuild(() => builds.find(imageName), wakeUp, signal),
    list: async () => builds.all().map(({ request, isRunning }) => ({ request, isRunning })),
    cancel: async (imageName) => {
      const build = builds.find(imageName);
      build.stopping.abort();
      if (!build.isRunning) builds.finish(build, { ok: false, error: new SlipwayError('BUILD_CANCELLED').toBody() });
    },
    take: async (signal) => {
      for (; !signal.aborted; await wakeUp.wait(CHANGED, signal)) {
        const build = chooseBuild(builds.all(), perRepository);
        if (build === undefined) continue;
        build.isRunning = true;
        return makeJob(build);
      }
      return undefined;
    },
    depth: async () => {
      const all = builds.all();
      const running = all.filter(({ isRunning }) => isRunning).length;
      return { queued: all.length - running, running };
    },
  };
};
