import { execa } from 'execa';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContentTar } from '../../../services/builder/image/content-tar.ts';
import { createDockerImageBuilder } from '../../../services/builder/image/docker-image-builder.ts';
import { connectDockerEngine, ignoreNotFound } from '../../../services/platform/docker-engine.ts';
import { imageBuilderContract } from '../../conformance/image-builder.ts';
import { connectTestEngine, createImageScope, createTinyImage } from '../../support/docker-engine.ts';
import { runGenerator } from '../../support/run-generator.ts';

const countHandles = async (): Promise<number> => (await readdir('/proc/self/fd')).length;

describe('docker image builder', () => {
  const engine = connectTestEngine();
  const scope = createImageScope(engine, 'builder');
  const from = `${scope.prefix}tiny:1`;
  const builder = createDockerImageBuilder(engine);

  beforeAll(() => createTinyImage(from));
  afterAll(() => scope[Symbol.asyncDispose]());

  imageBuilderContract(() => ({
    builder,
    from,
    prefix: scope.prefix,
    unreachable: createDockerImageBuilder(connectDockerEngine('unix:///nonexistent/docker.sock')),
    hasImage: async (name) => (await ignoreNotFound(engine.getImage(name).inspect())) !== undefined,
  }));

  const start = (lines: string, signal: AbortSignal) =>
    builder.build(
      {
        tag: `${scope.prefix}out:1`,
        context: createContentTar([{ kind: 'text', path: 'Dockerfile', text: `FROM ${from}\n${lines}\n` }], 0),
        dockerfile: 'Dockerfile',
        labels: {},
      },
      signal,
    );

  it('kills what a build runs when it is aborted', async () => {
    const marker = `3${process.pid}`;
    const stop = new AbortController();
    const run = start(`RUN echo started; sleep ${marker}`, stop.signal);
    const processes = async () => (await execa('ps', ['-eo', 'args'])).stdout.split('\n');
    await expect(
      (async () => {
        for await (const message of run) {
          if (message.kind !== 'line') continue;
          await expect.poll(processes, { timeout: 60_000 }).toContain(`sleep ${marker}`);
          stop.abort(new Error('stop'));
        }
      })(),
    ).rejects.toThrow('stop');
    await expect.poll(processes, { timeout: 60_000 }).not.toContain(`sleep ${marker}`);
  });

  it('ends what a build runs when nobody reads on', async () => {
    const marker = `4${process.pid}`;
    for await (const message of start(`RUN echo started; sleep ${marker}`, AbortSignal.timeout(60_000)))
      if (message.kind === 'line') break;
    const processes = async () => (await execa('ps', ['-eo', 'args'])).stdout.split('\n');
    await expect.poll(processes, { timeout: 10_000 }).not.toContain(`sleep ${marker}`);
  });

  it('leaves no socket or file open after many builds, failed and aborted ones among them', async () => {
    await runGenerator(start('RUN id', AbortSignal.timeout(60_000)));
    const before = await countHandles();
    for (let round = 0; round < 12; round += 1) {
      await runGenerator(start(`RUN echo ${round}; exit ${round % 2}`, AbortSignal.timeout(60_000)));
      const stop = new AbortController();
      const aborted = start(`RUN echo ${round} ${Date.now()}; sleep 60`, stop.signal);
      await aborted.next();
      stop.abort();
      await aborted.next().catch(() => undefined);
    }
    await expect.poll(countHandles, { timeout: 10_000 }).toBeLessThanOrEqual(before);
  });

  it('cuts a log that has too many lines, and a line that is too long', async () => {
    const { items } = await runGenerator(
      start(
        'RUN head -c 100000 /dev/zero | cat -v | head -c 50000; echo; yes | head -n 30000',
        AbortSignal.timeout(120_000),
      ),
    );
    const lines = items.flatMap((item) => (item.kind === 'line' ? [item.text] : []));
    expect(lines.length).toBeLessThanOrEqual(20_001);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(4200);
  });
});
