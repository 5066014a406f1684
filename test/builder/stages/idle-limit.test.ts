import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createIdleLimit } from '../../../services/builder/stages/idle-limit.ts';
import type { ImageBuildMessage } from '../../../services/builder/image/image-builder.ts';

const step = (name: string, status: 'started' | 'done'): ImageBuildMessage => ({
  kind: 'step',
  step: { name, status },
});
const line = (text: string): ImageBuildMessage => ({ kind: 'line', text, step: 'RUN a' });

describe('the limit of silence', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const run = (messages: readonly (ImageBuildMessage | number)[]): AbortSignal => {
    const idle = createIdleLimit(1000);
    for (const item of messages)
      if (typeof item === 'number') vi.advanceTimersByTime(item);
      else idle.note(item);
    idle[Symbol.dispose]();
    return idle.signal;
  };

  it('ends a build whose step prints nothing, and names the step and the time', () => {
    const { aborted, reason } = run([step('RUN a', 'started'), line('x'), 1001]);
    expect(aborted).toBe(true);
    expect(reason).toMatchObject({ code: 'BUILD_IDLE', retry: false });
    expect((reason as Error).message).toContain('The step "RUN a" printed nothing for 1 seconds');
  });

  it('lets a step go on that prints, be it without line ends', () => {
    const output: ImageBuildMessage = { kind: 'unseen', step: 'RUN a', isClipped: false };
    expect(run([step('RUN a', 'started'), 900, line('x'), 900, output, 900, step('RUN a', 'done'), 5000]).aborted).toBe(
      false,
    );
  });

  it('does not count what the engine does, nor a step whose output the engine no longer passes on', () => {
    expect(run([step('exporting to image', 'started'), 5000]).aborted).toBe(false);
    const clipped: ImageBuildMessage = { kind: 'unseen', step: 'RUN a', isClipped: true };
    expect(run([step('RUN a', 'started'), clipped, 5000]).aborted).toBe(false);
  });

  it('is over with the build', () => {
    const idle = createIdleLimit(1000);
    idle.note(step('RUN a', 'started'));
    idle[Symbol.dispose]();
    vi.advanceTimersByTime(5000);
    expect(idle.signal.aborted).toBe(false);
  });
});
