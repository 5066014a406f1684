import type { BuildEvent, BuildRequest, BuildResult } from '../contracts/build.ts';
import { SlipwayError } from '../contracts/slipway-error.ts';
import { createTemporaryDirectory } from '../platform/temporary-directory.ts';
import type { BuilderParts } from './builder-parts.ts';
import { addContent } from './stages/add-content.ts';
import { buildDevcontainer } from './stages/build-devcontainer.ts';
import { buildDockerfile } from './stages/build-dockerfile.ts';
import type { Build, Stage } from './stages/build.ts';
import { createValueHider, hideInError, hideInEvent, secretsOf } from './image/hide-values.ts';
import { fetchContent } from './stages/fetch-content.ts';
import { planContent } from './stages/plan-content.ts';
import { provideEnvironment } from './stages/provide-environment.ts';
import { publishImage } from './stages/publish-image.ts';

/** The stages of a build, in order. */
const runStages = async function* (build: Build): Stage<void> {
  await using directory = await createTemporaryDirectory(build.parts.options.temporary, 'slipway-build-');
  const content = yield* fetchContent(build, directory.path);
  const { plan, wish } = yield* planContent(build, content);
  if (plan.kind === 'dockerfile') {
    yield* buildDockerfile(build, plan, content);
    yield* publishImage(build, build.request.imageName);
    return;
  }
  if (plan.kind === 'devcontainer') {
    yield* buildDevcontainer(build, plan, content);
    yield* publishImage(build, build.request.imageName);
    return;
  }
  const environment = yield* provideEnvironment(build, plan);
  yield* addContent(build, { plan, wish, environment, content });
};

const timeoutError = (timeoutMs: number): SlipwayError =>
  new SlipwayError('BUILD_TIMEOUT', {
    message: `The build took longer than the ${Math.round(timeoutMs / 1000)} seconds that this server allows.`,
  });

/**
 * Makes the image of one commit. A repository that cannot be built is a result; what may go better another time
 * (errors with `retry`: the engine is away, the host does not answer) is thrown, as is the signal's reason when it
 * is aborted. No secret is in what it says. Nothing is left behind but the images that were finished.
 */
export const buildImage = async function* (
  request: BuildRequest,
  parts: BuilderParts,
  signal: AbortSignal,
): AsyncGenerator<BuildEvent, BuildResult> {
  const limit = AbortSignal.timeout(parts.options.timeoutMs);
  const hide = createValueHider(secretsOf(parts.options));
  try {
    const build = { request, parts, signal: AbortSignal.any([signal, limit]), stop: signal, hide };
    for await (const event of runStages(build)) yield hideInEvent(event, hide);
    return { ok: true, imageName: request.imageName };
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) return { ok: false, error: timeoutError(parts.options.timeoutMs).toBody() };
    if (!(error instanceof SlipwayError)) throw error;
    const shown = hideInError(error, hide);
    if (shown.retry) throw shown;
    return { ok: false, error: shown.toBody() };
  }
};
