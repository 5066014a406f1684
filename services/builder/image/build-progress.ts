import type { BuildStep } from '../../contracts/launch-event.ts';
import type { BuildStatus, Vertex, VertexLog } from './build-status.ts';
import type { ImageBuildMessage } from './image-builder.ts';
import { createLogLines, type LogLines } from './log-lines.ts';

export type BuildProgress = {
  /** Takes a status and gives what is new in it. */
  add(status: BuildStatus): ImageBuildMessage[];
  /** The step that failed, and the end of its output. */
  failure(): { readonly step: string; readonly lastLines: readonly string[] } | undefined;
};

type Step = { name: string; status: BuildStep['status'] | 'waiting'; readonly logs: Map<number, LogLines> };

/** Bookkeeping of BuildKit that says nothing about the repository; its errors reach the end of the build anyway. */
const isInternal = (name: string): boolean => name === '' || /^\[internal\]|^copy \/context /.test(name);

/** BuildKit passes no more on of a step that prints too much, or too fast, and says so (its util/progress/logs). */
const CLIPPED = /^\[output clipped, log limit /;

/** `[stage-0 2/5] RUN make` → `RUN make` */
const stepName = (vertex: Vertex): string => vertex.name.replace(/^\[[^\]]*\] /, '');

const statusOf = (vertex: Vertex): Step['status'] => {
  if (vertex.error !== '') return 'failed';
  if (vertex.completed !== undefined) return vertex.cached ? 'cached' : 'done';
  return vertex.started === undefined ? 'waiting' : 'started';
};

const makeStep = (name: string, status: BuildStep['status'], { started, completed }: Vertex): BuildStep => {
  if (status !== 'done' || started === undefined || completed === undefined) return { name, status };
  return { name, status, seconds: Math.round((completed - started) * 100) / 100 };
};

/** What a log may grow to, beside its bytes: beyond it one notice, then nothing. */
const MAX_LOG_LINES = 20_000;

/** Lets lines through until there are too many, or they are too long together; then one that says so, then none. */
const createLogCut = (maxBytes: number): ((texts: readonly string[]) => string[]) => {
  let lines = 0;
  let bytes = 0;
  let isCut = false;
  const admit = (text: string): string[] => {
    if (isCut) return [];
    lines += 1;
    bytes += Buffer.byteLength(text) + 1;
    isCut = lines > MAX_LOG_LINES || bytes > maxBytes;
    if (!isCut) return [text];
    const limit = lines > MAX_LOG_LINES ? `${MAX_LOG_LINES} lines` : `${Math.round(maxBytes / 1024)} KiB`;
    return [`… the log is cut here, after ${limit}; the build goes on`];
  };
  return (texts) => texts.flatMap(admit);
};

/**
 * Follows the statuses of one build: each step begins once and ends once, each line of output is whole, all lines
 * together have at most `maxLogBytes`.
 */
export const createBuildProgress = (maxLogBytes: number): BuildProgress => {
  const steps = new Map<string, Step>();
  const cut = createLogCut(maxLogBytes);

  const limit = (step: string, texts: readonly string[]): ImageBuildMessage[] =>
    cut(texts).map((text) => ({ kind: 'line', text, step }));

  const addLog = ({ vertex, stream, data }: VertexLog): ImageBuildMessage[] => {
    const step = steps.get(vertex);
    if (step === undefined) return [];
    const lines = step.logs.get(stream) ?? createLogLines();
    step.logs.set(stream, lines);
    const added = lines.add(data);
    const shown = limit(step.name, added);
    const isClipped = added.some((text) => CLIPPED.test(text));
    return shown.length > 0 && !isClipped ? shown : [...shown, { kind: 'unseen', step: step.name, isClipped }];
  };

  const addVertex = (vertex: Vertex): ImageBuildMessage[] => {
    if (isInternal(vertex.name)) return [];
    const step: Step = steps.get(vertex.digest) ?? { name: stepName(vertex), status: 'waiting', logs: new Map() };
    steps.set(vertex.digest, step);
    const status = statusOf(vertex);
    const isOver = step.status !== 'waiting' && step.status !== 'started';
    if (status === 'waiting' || status === step.status || isOver) return [];
    step.status = status;
    const rest =
      status === 'started' ? [] : [...step.logs.values()].flatMap((lines) => limit(step.name, lines.flush()));
    return [...rest, { kind: 'step', step: makeStep(step.name, status, vertex) }];
  };

  return {
    add: ({ vertexes, logs }) => {
      const begun = vertexes.filter(({ completed }) => completed === undefined).flatMap(addVertex);
      const said = logs.flatMap(addLog);
      return [...begun, ...said, ...vertexes.filter(({ completed }) => completed !== undefined).flatMap(addVertex)];
    },
    failure: () => {
      const failed = [...steps.values()].find(({ status }) => status === 'failed');
      if (failed === undefined) return undefined;
      return { step: failed.name, lastLines: [...failed.logs.values()].flatMap((lines) => lines.last()) };
    },
  };
};
