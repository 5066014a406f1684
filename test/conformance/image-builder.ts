import { describe, expect, it } from 'vitest';
import { createContentTar } from '../../services/builder/image/content-tar.ts';
import type { ImageBuilder, ImageBuildRequest } from '../../services/builder/image/image-builder.ts';
import { runGenerator } from '../support/run-generator.ts';

export type ImageBuilderCase = {
  readonly builder: ImageBuilder;
  /** The name of an image with a shell. */
  readonly from: string;
  readonly prefix: string;
  /** A builder whose engine does not answer. */
  readonly unreachable: ImageBuilder;
  hasImage(name: string): Promise<boolean>;
};

/** The promises of the ImageBuilder port, for every adapter and the fake. */
export const imageBuilderContract = (create: () => ImageBuilderCase): void => {
  describe('as an ImageBuilder', () => {
    const makeRequest = (tag: string, lines: readonly string[]): ImageBuildRequest => {
      const { from, prefix } = create();
      const dockerfile = [`FROM ${from}`, 'ARG WHO=nobody', ...lines, ''].join('\n');
      return {
        tag: prefix + tag,
        context: createContentTar([{ kind: 'text', path: 'Dockerfile', text: dockerfile }], 0),
        dockerfile: 'Dockerfile',
        labels: { 'slipway.kind': 'commit' },
        buildArgs: { WHO: 'jovyan' },
      };
    };
    const build = (tag: string, ...lines: string[]) =>
      runGenerator(create().builder.build(makeRequest(tag, lines), AbortSignal.timeout(20_000)));

    it('builds an image under its name, tells its steps and their output', async () => {
      const { items, result } = await build('ok:1', `RUN echo built for $WHO ${Date.now()}`);
      expect(result).toEqual({ ok: true });
      expect(await create().hasImage(`${create().prefix}ok:1`)).toBe(true);
      const statuses = items.flatMap((item) =>
        item.kind === 'step' && item.step.name.startsWith('RUN echo') ? [item.step.status] : [],
      );
      expect(statuses).toEqual(['started', 'done']);
      expect(items).toContainEqual({
        kind: 'line',
        text: expect.stringContaining('built for jovyan') as string,
        step: expect.stringContaining('RUN echo') as string,
      });
    });

    it('gives a failing instruction as an outcome: the step, its last lines, no image', async () => {
      const { items, result } = await build('failed:1', `RUN echo before ${Date.now()} && exit 7`);
      expect(result).toMatchObject({
        ok: false,
        failedStep: expect.stringMatching(/^RUN echo before/) as string,
        lastLines: [expect.stringMatching(/^before/)],
        message: expect.stringContaining('exit code: 7') as string,
      });
      expect(items.at(-1)).toMatchObject({ kind: 'step', step: { status: 'failed' } });
      expect(await create().hasImage(`${create().prefix}failed:1`)).toBe(false);
    });

    it('gives a Dockerfile that cannot be read as an outcome', async () => {
      const { result } = await build('unread:1', 'NONSENSE');
      expect(result).toMatchObject({
        ok: false,
        failedStep: '',
        message: expect.stringContaining('NONSENSE') as string,
      });
    });

    it('ends at once with the reason of the signal when it is aborted, and leaves no image', async () => {
      const reason = new Error('nobody waits any more');
      const stop = new AbortController();
      const run = create().builder.build(makeRequest('aborted:1', [`RUN echo ${Date.now()}; sleep 300`]), stop.signal);
      await expect(
        (async () => {
          for await (const message of run) if (message.kind === 'line') stop.abort(reason);
        })(),
      ).rejects.toBe(reason);
      expect(await create().hasImage(`${create().prefix}aborted:1`)).toBe(false);
    });

    it('does not begin when it is aborted already', async () => {
      const reason = new Error('too late');
      const run = create().builder.build(makeRequest('late:1', []), AbortSignal.abort(reason));
      await expect(runGenerator(run)).rejects.toBe(reason);
    });

    it('throws BUILD_ENGINE_UNAVAILABLE when the engine does not answer', async () => {
      const run = create().unreachable.build(makeRequest('away:1', []), AbortSignal.timeout(20_000));
      await expect(runGenerator(run)).rejects.toMatchObject({ code: 'BUILD_ENGINE_UNAVAILABLE', retry: true });
    });
  });
};
