import type { BuildStep } from '../../contracts/launch-event.ts';
import type { BuildStatus, Vertex, VertexLog } from './build-status.ts';
import type { ImageBuildMessage } from './image-builder.ts';
import { createLogLines, MAX_LOG_LINES, type LogLines } from './log-lines.ts';

export type BuildProgress = {
  /** Takes a status and gives what is new in it. */
  add(status: BuildStatus): ImageBuildMessage[];
  /** The step that failed, and the end of its output. */
  failure(): { readonly step: string; readonly lastLines: readonly string[] } | undefined;
};

type Step = { name: string; status: BuildStep['status'] | 'waiting'; readonly logs: Map<number, LogLines> };

/** Bookkeeping of BuildKit that says nothing about the repository; its errors reach the end of the build anyway. */
const isInternal = (name: string): boolean => name === '' || /^\[internal\]|^copy \/context /.test(name);

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

/** Follows the statuses of one build: each step begins once and ends once, each line of output is whole. */
export const createBuildProgress = (): BuildProgress => {
  const steps = new Map<string, Step>();
  let lineCount = 0;

  const limit = (step: string, texts: readonly string[]): ImageBuildMessage[] => {
    const room = Math.max(0, MAX_LOG_LINES - lineCount);
    const messages = texts.slice(0, room).map((text) => ({ kind: 'line', text, step }) as const);
    const isCut = lineCount <= MAX_LOG_LINES && lineCount + texts.length > MAX_LOG_LINES;
    lineCount += texts.length;
    const notice = { kind: 'line', text: `… the log is cut here, after ${MAX_LOG_LINES} lines`, step } as const;
    return isCut ? [...messages, notice] : messages;
  };

  const addLog = ({ vertex, stream, data }: VertexLog): ImageBuildMessage[] => {
    const step = steps.get(vertex);
    if (step === undefined) return [];
    const lines = step.logs.get(stream) ?? createLogLines();
    step.logs.set(stream, lines);
    return limit(step.name, lines.add(data));
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
