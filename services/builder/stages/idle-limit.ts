import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { ImageBuildMessage } from '../image/image-builder.ts';
import { makeStepName } from './step-name.ts';

/** Says what a build says to a watch that ends it when a step of it is silent. */
export type IdleLimit = Disposable & {
  note(message: ImageBuildMessage): void;
  /** Aborted with BUILD_IDLE. */
  readonly signal: AbortSignal;
};

const makeError = (step: string, idleMs: number): SlipwayError =>
  new SlipwayError('BUILD_IDLE', {
    message: `The step "${makeStepName(step)}" printed nothing for ${Math.round(idleMs / 1000)} seconds, the longest that this server allows.`,
  });

/**
 * Watches a build: while any of its RUN steps runs, one of them must print something every `idleMs`. What the engine
 * does itself, such as saving a large image, is silent by nature and does not count; nor does a step that printed so
 * much that the engine passes no more on.
 */
export const createIdleLimit = (idleMs: number): IdleLimit => {
  const stop = new AbortController();
  const running = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const restart = (): void => {
    clearTimeout(timer);
    const [step] = running;
    if (step !== undefined) timer = setTimeout(() => stop.abort(makeError(step, idleMs)), idleMs);
  };
  const note = (message: ImageBuildMessage): void => {
    if (message.kind === 'step') {
      const { name, status } = message.step;
      if (status === 'started' && name.startsWith('RUN ')) running.add(name);
      else running.delete(name);
    } else if (message.kind === 'unseen' && message.isClipped) running.delete(message.step);
    restart();
  };
  return { note, signal: stop.signal, [Symbol.dispose]: () => clearTimeout(timer) };
};
