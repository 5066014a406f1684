import { Readable } from 'node:stream';
import type { BuildEvent, BuildResult } from '../../../contracts/build.ts';
import type { BuildList } from '../../../contracts/api/builds.ts';
import type { ApiParts, ApiRequest, Handlers } from './api-parts.ts';

const list = async ({ builds }: ApiParts): Promise<BuildList> => ({
  builds: (await builds.list()).map(({ request, isRunning }) => ({
    image: request.imageName,
    state: isRunning ? 'running' : 'queued',
    repoUrl: request.repository.repoUrl,
    commit: request.repository.commit,
  })),
});

async function* render(build: AsyncGenerator<BuildEvent, BuildResult>): AsyncGenerator<string> {
  let next = await build.next();
  for (; next.done !== true; next = await build.next()) yield next.value.message;
  yield next.value.ok ? 'The image is built.\n' : `${next.value.error.code}: ${next.value.error.message}\n`;
}

const openLog = async ({ builds, stream }: ApiParts, request: ApiRequest): Promise<Readable> => {
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, stream.draining]);
  const lines = render(builds.watch(request.params['image'] ?? '', signal));
  const text = Readable.from(lines);
  return text.once('close', () => gone.abort());
};

/** The operations on builds, for operators. */
export const createBuildHandlers = (parts: ApiParts): Handlers<'listBuilds' | 'readBuildLog' | 'cancelBuild'> => ({
  listBuilds: () => list(parts),
  readBuildLog: async (request, reply) => reply.type('text/plain; charset=utf-8').send(await openLog(parts, request)),
  cancelBuild: async (request) => {
    await parts.builds.cancel(request.params['image'] ?? '');
    return list(parts);
  },
});
