import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { DockerEngine } from '../../platform/docker-engine.ts';
import { createBuildProgress, type BuildProgress } from './build-progress.ts';
import { parseBuildStatus } from './build-status.ts';
import { isDiskFull, toEngineError } from './engine-failure.ts';
import { findReplaced, removeReplaced } from './replace-image.ts';
import type { ImageBuilder, ImageBuildMessage, ImageBuildOutcome, ImageBuildRequest } from './image-builder.ts';

/** One line of the engine's answer. */
type EngineMessage = { readonly id?: string; readonly aux?: unknown; readonly error?: string };

const ENGINE_PREFIX =
  /^(failed to solve( with frontend \S+)?: |failed to create LLB definition: |rpc error: .*? desc = )+/;

/**
 * Asks for a BuildKit build over the engine's API. No BuildKit session is opened (dockerode's `buildImage` would):
 * the context is in the request and nothing else is needed from here, so closing the request is all the clean-up.
 */
const startBuild = (engine: DockerEngine, request: ImageBuildRequest, signal: AbortSignal): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const options = {
      version: '2',
      t: request.tag,
      dockerfile: request.dockerfile,
      labels: JSON.stringify(request.labels),
      buildargs: JSON.stringify(request.buildArgs ?? {}),
      ...(request.target === undefined ? {} : { target: request.target }),
      rm: true,
      forcerm: true,
    };
    const dial = { path: '/build?', method: 'POST', file: request.context, isStream: true, abortSignal: signal };
    engine.modem.dial({ ...dial, options, statusCodes: { 200: true } }, (error, response) => {
      if (error) reject(error);
      else resolve(response as IncomingMessage);
    });
  });

const readMessages = async function* (response: IncomingMessage): AsyncGenerator<EngineMessage> {
  for await (const line of createInterface({ input: response })) if (line !== '') yield JSON.parse(line);
};

const makeFailure = (message: string, progress: BuildProgress): ImageBuildOutcome => {
  if (isDiskFull(message)) throw new SlipwayError('BUILD_DISK_FULL', { details: { engine: message } });
  const { step, lastLines } = progress.failure() ?? { step: '', lastLines: [] };
  return { ok: false, failedStep: step, lastLines, message: message.replace(ENGINE_PREFIX, '') };
};

const followBuild = async function* (
  response: IncomingMessage,
  maxLogBytes: number,
): AsyncGenerator<ImageBuildMessage, ImageBuildOutcome> {
  const progress = createBuildProgress(maxLogBytes);
  let outcome: ImageBuildOutcome | undefined;
  for await (const { id, aux, error } of readMessages(response)) {
    if (id === 'moby.buildkit.trace' && typeof aux === 'string') yield* progress.add(parseBuildStatus(aux));
    if (id === 'moby.image.id') outcome ??= { ok: true };
    if (error !== undefined) outcome = makeFailure(error, progress);
  }
  if (outcome === undefined)
    throw new SlipwayError('BUILD_ENGINE_UNAVAILABLE', { message: 'The container engine broke off the build.' });
  return outcome;
};

const MAX_LOG_BYTES = 4 * 2 ** 20;

/** Builds with the BuildKit of a Docker engine; keeps the promises of ImageBuilder. The log of a build is cut. */
export const createDockerImageBuilder = (engine: DockerEngine, maxLogBytes = MAX_LOG_BYTES): ImageBuilder => ({
  async *build(request, signal) {
    let response: IncomingMessage | undefined;
    try {
      signal.throwIfAborted();
      const before = await findReplaced(engine, request.tag);
      response = await startBuild(engine, request, signal);
      const outcome = yield* followBuild(response, maxLogBytes);
      await removeReplaced(engine, request.tag, before);
      return outcome;
    } catch (error) {
      signal.throwIfAborted();
      throw toEngineError(error);
    } finally {
      response?.destroy();
      request.context.destroy();
    }
  },
});
