import type { BuildEvent, BuildRequest, BuildResult } from '../../services/contracts/build.ts';
import type { BuildQueue } from '../../services/launcher/builds/build-queue.ts';

type Build = { readonly request: BuildRequest; readonly log: (BuildEvent | BuildResult)[]; isTaken: boolean };

const isResult = (entry: BuildEvent | BuildResult): entry is BuildResult => 'ok' in entry;

/** A build queue that lives as long as the object. */
export const createMemoryBuildQueue = (): BuildQueue => {
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
    const build = builds.get(request.imageName) ?? { request, log: [], isTaken: false };
    builds.set(request.imageName, build);
    announce();
    return build;
  };

  async function* follow(request: BuildRequest, signal: AbortSignal): AsyncGenerator<BuildEvent, BuildResult> {
    const build = join(request);
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
    follow,
    take: async (signal) => {
      for (; !signal.aborted; await changed(signal)) {
        const build = [...builds.values()].find(({ isTaken }) => !isTaken);
        if (build === undefined) continue;
        build.isTaken = true;
        const add = async (entry: BuildEvent | BuildResult): Promise<void> => {
          build.log.push(entry);
          announce();
        };
        return {
          request: build.request,
          signal: new AbortController().signal,
          report: add,
          finish: async (result) => {
            if (builds.get(build.request.imageName) !== build) return;
            builds.delete(build.request.imageName);
            await add(result);
          },
        };
      }
      return undefined;
    },
    depth: async () => {
      const running = [...builds.values()].filter(({ isTaken }) => isTaken).length;
      return { queued: builds.size - running, running };
    },
  };
};
