import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import type {
  ImageBuilder,
  ImageBuildMessage,
  ImageBuildOutcome,
  ImageBuildRequest,
} from '../../services/builder/image/image-builder.ts';
import { SlipwayError } from '../../services/contracts/slipway-error.ts';
import type { MemoryImageStore } from './memory-image-store.ts';

type Context = { readonly names: string[]; readonly dockerfile: string };

const readContext = async ({ context, dockerfile }: ImageBuildRequest): Promise<Context> => {
  const reader = extract();
  context.pipe(reader);
  const found = { names: [] as string[], dockerfile: '' };
  for await (const entry of reader) {
    found.names.push(entry.header.name);
    if (entry.header.name === dockerfile) found.dockerfile = await text(entry);
    else entry.resume();
  }
  return found;
};

const step = (name: string, status: 'started' | 'done' | 'failed'): ImageBuildMessage => ({
  kind: 'step',
  step: { name, status },
});

/** Instructions with their continuations joined, as BuildKit names them. */
const instructionsOf = (dockerfile: string): string[] =>
  dockerfile
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '');

const runStep = async function* (
  name: string,
  args: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncGenerator<ImageBuildMessage, ImageBuildOutcome> {
  yield step(name, 'started');
  const echoed = /echo ([^;&]*)/
    .exec(name)?.[1]
    ?.trim()
    .replaceAll(/\$(\w+)/g, (_all, key: string) => args[key] ?? '');
  if (echoed !== undefined) yield { kind: 'line', text: echoed, step: name };
  if (name.includes('sleep') && !signal.aborted) await once(signal, 'abort');
  signal.throwIfAborted();
  const status = /exit ([1-9]\d*)/.exec(name)?.[1];
  if (status === undefined) {
    yield step(name, 'done');
    return { ok: true };
  }
  yield step(name, 'failed');
  return {
    ok: false,
    failedStep: name,
    lastLines: echoed === undefined ? [] : [echoed],
    message: `exit code: ${status}`,
  };
};

/**
 * The ImageBuilder of unit tests. Of a RUN it understands `echo TEXT`, `exit N` and `sleep`, and does nothing
 * else; what it builds appears in the store, with the names of its context as files.
 */
export const createMemoryImageBuilder = (store: MemoryImageStore, isReachable = true): ImageBuilder => ({
  async *build(request, signal) {
    signal.throwIfAborted();
    if (!isReachable) throw new SlipwayError('BUILD_ENGINE_UNAVAILABLE');
    const { names, dockerfile } = await readContext(request);
    for (const instruction of instructionsOf(dockerfile)) {
      const [word = ''] = instruction.split(' ');
      if (!['FROM', 'ARG', 'ENV', 'RUN', 'USER', 'COPY'].includes(word))
        return { ok: false, failedStep: '', lastLines: [], message: `unknown instruction: ${word}` };
      if (word !== 'RUN') continue;
      const outcome = yield* runStep(instruction, request.buildArgs ?? {}, signal);
      if (!outcome.ok) return outcome;
    }
    const digest = `sha256:${createHash('sha256').update(dockerfile).digest('hex')}`;
    store.images.set(request.tag, { digest, labels: request.labels, bytes: 5000, files: names, env: {} });
    return { ok: true };
  },
});
