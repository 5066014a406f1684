import { array, assert, nat, property, uint8Array } from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBuildProgress } from '../../../services/builder/image/build-progress.ts';
import { parseBuildStatus, type BuildStatus } from '../../../services/builder/image/build-status.ts';
import type { ImageBuildMessage } from '../../../services/builder/image/image-builder.ts';

const EVENTS = join(import.meta.dirname, '../../../fixtures/events');

/** What an engine (20.10) sent for a build, line by line. */
const readTrace = (name: string): BuildStatus[] =>
  readFileSync(join(EVENTS, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { id?: string; aux?: unknown })
    .flatMap(({ id, aux }) => (id === 'moby.buildkit.trace' && typeof aux === 'string' ? [parseBuildStatus(aux)] : []));

const follow = (statuses: readonly BuildStatus[], maxLogBytes = 2 ** 20) => {
  const progress = createBuildProgress(maxLogBytes);
  return { messages: statuses.flatMap((status) => progress.add(status)), failure: progress.failure() };
};

const render = (message: ImageBuildMessage): string => {
  if (message.kind === 'unseen') return message.isClipped ? '  clipped' : '  …';
  return message.kind === 'line' ? `  ${message.text}` : `${message.step.status} ${message.step.name.slice(0, 40)}`;
};

const VERTEX = { digest: 'a', name: '[1/1] RUN a', cached: false, started: 1, completed: undefined, error: '' };
const log = (text: string): BuildStatus => ({
  vertexes: [],
  logs: [{ vertex: 'a', stream: 1, data: Buffer.from(text) }],
});
const textsOf = (statuses: readonly BuildStatus[]): string[] =>
  follow([{ vertexes: [VERTEX], logs: [] }, ...statuses]).messages.flatMap((m) => (m.kind === 'line' ? [m.text] : []));

describe('the progress of a BuildKit build', () => {
  it('tells a recorded build: each step begins and ends once, with its output between', () => {
    expect(follow(readTrace('buildkit-ok.jsonl')).messages.map(render)).toEqual([
      'cached FROM docker.io/effects-try/mm:trixie',
      'started RUN --mount=type=cache,target=/x echo he',
      '  hello',
      '  100%',
      'done RUN --mount=type=cache,target=/x echo he',
      'started COPY Dockerfile /Dockerfile',
      'done COPY Dockerfile /Dockerfile',
      'started exporting to image',
      'done exporting to image',
    ]);
  });

  it('gives how long a step took', () => {
    const { messages } = follow(readTrace('buildkit-ok.jsonl'));
    const steps = messages.flatMap((message) => (message.kind === 'step' ? [message.step] : []));
    expect(steps.find(({ name, status }) => name.startsWith('COPY') && status === 'done')?.seconds).toBeGreaterThan(0);
  });

  it('tells a recorded failure: the step, and the end of its output', () => {
    const { messages, failure } = follow(readTrace('buildkit-failed.jsonl'));
    expect(messages.map(render).slice(-3)).toEqual([
      'started RUN echo ouch >&2; exit 3',
      '  ouch',
      'failed RUN echo ouch >&2; exit 3',
    ]);
    expect(failure).toEqual({ step: 'RUN echo ouch >&2; exit 3', lastLines: ['ouch'] });
  });

  it('makes the same lines of output however it was cut', () => {
    const text = 'first\nsecond ü 漢\r\n\n10%\r100%\nlast';
    const cuts = array(nat(Buffer.byteLength(text)), { maxLength: 8 });
    const done = { vertexes: [{ ...VERTEX, completed: 2 }], logs: [] };
    assert(
      property(cuts, (positions) => {
        const bytes = Buffer.from(text);
        const edges = [0, ...positions.sort((a, b) => a - b), bytes.length];
        const pieces = edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
        const logs = pieces.map((data) => ({ vertexes: [], logs: [{ vertex: 'a', stream: 1, data }] }));
        expect(textsOf([...logs, done])).toEqual(['first', 'second ü 漢', '', '100%', 'last']);
      }),
    );
  });

  it('cuts a line that is too long, and one that never ends', () => {
    const [line = ''] = textsOf([...Array.from({ length: 100 }, () => log('x'.repeat(10_000))), log('\n')]);
    expect(line.length).toBeLessThan(4200);
  });

  it('cuts a log that is too long, and says so once', () => {
    const texts = textsOf(Array.from({ length: 300 }, () => log('y\n'.repeat(100))));
    expect(texts).toHaveLength(20_001);
    expect(texts.at(-1)).toContain('cut');
  });

  it('cuts a log whose lines have too many bytes together, and still tells that there is output', () => {
    const statuses = [
      { vertexes: [VERTEX], logs: [] },
      ...Array.from({ length: 30 }, () => log(`${'x'.repeat(99)}\n`)),
    ];
    const { messages } = follow(statuses, 1000);
    const texts = messages.flatMap((message) => (message.kind === 'line' ? [message.text] : []));
    expect(texts).toHaveLength(11);
    expect(texts.at(-1)).toBe('… the log is cut here, after 1 KiB; the build goes on');
    expect(messages.filter(({ kind }) => kind === 'unseen')).toHaveLength(19);
  });

  it('tells output that has no line end yet', () => {
    expect(follow([{ vertexes: [VERTEX], logs: [] }, log('10%\r'), log('20%\r')]).messages.map(render)).toEqual([
      'started RUN a',
      '  …',
      '  …',
    ]);
  });

  it('tells that the engine clips the output, also after the log was cut', () => {
    const clipped = log('\n[output clipped, log limit 200KiB/s reached]\n');
    expect(follow([{ vertexes: [VERTEX], logs: [] }, clipped], 5).messages.map(render)).toEqual([
      'started RUN a',
      '  ',
      '  … the log is cut here, after 0 KiB; the build goes on',
      '  clipped',
    ]);
  });

  it('throws RangeError, and nothing else, for bytes that are not a status', () => {
    assert(
      property(uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          expect(parseBuildStatus(Buffer.from(bytes).toString('base64'))).toHaveProperty('vertexes');
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
        }
      }),
    );
  });
});
