import type { BuildEvent, BuildRequest, BuildResult } from '../../services/contracts/build.ts';
import { SlipwayError } from '../../services/contracts/slipway-error.ts';
import { chooseBuild } from '../../services/launcher/builds/choose-build.ts';
import type { BuildQueue } from '../../services/launcher/builds/build-queue.ts';

type Build = {
  readonly request: BuildRequest;
  readonly log: (BuildEvent | BuildResult)[];
  readonly stopping: AbortController;
  isRunning: boolean;
};

const isResult = (entry: BuildEvent | BuildResult): entry is BuildResult => 'ok' in entry;

/** A build queue that lives as long as the object. */
export const createMemoryBuildQueue = (perRepository = 0): BuildQueue => {
  const builds = new Map<string, Build>();
  const changes = new EventTarget();
  const changed = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        changes.removeEventListener('change', wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      changes.addEventListener('change', wake);
      signal.addEventListener('abort', wake);
    });
  const announce = (): void => void changes.dispatchEvent(new Event('change'));

  const join = (request: BuildRequest): Build => {
    const build = builds.get(request.imageName) ?? {
      request,
      log: [],
      stopping: new AbortController(),
      isRunning: false,
    };
    builds.set(request.imageName, build);
    announce();
    return build;
  };

  const find = (imageName: string): Build => {
    const build = builds.get(imageName);
    if (build === undefined) throw new SlipwayError('BUILD_NOT_FOUND');
    return build;
  };
  const finish = (build: Build, result: BuildResult): void => {
    if (builds.get(build.request.imageName) !== build) return;
    builds.delete(build.request.imageName);
    build.log.push(result);
    announce();
  };

  async function* follow(choose: () => Build, signal: AbortSignal): AsyncGenerator<BuildEvent, BuildResult> {
    const build = choose();
    for (let next = 0; ;) {
      signal.throwIfAborted();
      const entry = build.log[next];
      if (entry === undefined) await changed(signal);
      else if (isResult(entry)) return entry;
      else {
        next += 1;
        yield entry;
      }
    }
  }

  return {
    follow: (request, signal) => follow(() => join(request), signal),
    watch: (imageName, signal) => follow(() => find(imageName), signal),
    list: async () => [...builds.values()].map(({ request, isRunning }) => ({ request, isRunning })),
    cancel: async (imageName) => {
      const build = find(imageName);
      build.stopping.abort();
      if (!build.isRunning) finish(build, { ok: false, error: new SlipwayError('BUILD_CANCELLED').toBody() });
    },
    take: async (signal) => {
      for (; !signal.aborted; await changed(signal)) {
        const build = chooseBuild([...builds.values()], perRepository);
        if (build === undefined) continue;
        build.isRunning = true;
        return {
          request: build.request,
          signal: build.stopping.signal,
          report: async (event) => {
            build.log.push(event);
            announce();
          },
          finish: async (result) => finish(build, result),
        };
      }
      return undefined;
    },
    depth: async () => {
      const running = [...builds.values()].filter(({ isRunning }) => isRunning).length;
      return { queued: builds.size - running, running };
    },
  };
};
