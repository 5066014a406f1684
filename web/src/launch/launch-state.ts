import type {
  FailedEvent,
  LaunchEvent,
  ReadyEvent,
  ReadyDelivery,
  BuildStep,
} from '../../../services/contracts/launch-event.ts';
import { plainText } from '../log/terminal-text.ts';
import { type Stages, STAGES_PENDING, advanceStages, failStage, finishStages } from './stages.ts';

/** An event as the stream delivers it to a page, which asks for sessions: `ready` carries more than what is stored. */
export type DeliveredEvent = Exclude<LaunchEvent, { phase: 'ready' }> | (ReadyEvent & ReadyDelivery);

export type Connection = 'connecting' | 'open' | 'lost' | 'given-up';

type Outcome =
  | { readonly kind: 'running' }
  | { readonly kind: 'ready'; readonly enterUrl: string; readonly path?: string | undefined }
  | { readonly kind: 'failed'; readonly failure: FailedEvent };

/** Everything the launch page draws, but for the log. */
export type LaunchState = {
  readonly launch: string;
  readonly seq: number;
  readonly connection: Connection;
  readonly stages: Stages;
  /** Each build step once, as it was last heard of, in order of first mention. */
  readonly steps: readonly BuildStep[];
  /** The last thing said, as one line. */
  readonly detail: string;
  readonly outcome: Outcome;
};

export type LaunchInput =
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'event'; readonly id: string; readonly event: DeliveredEvent };

export const INITIAL_LAUNCH_STATE: LaunchState = {
  launch: '',
  seq: -1,
  connection: 'connecting',
  stages: STAGES_PENDING,
  steps: [],
  detail: '',
  outcome: { kind: 'running' },
};

type EventId = { readonly launch: string; readonly seq: number };

const parseEventId = (id: string): EventId | undefined => {
  const [, launch, seq] = /^(.+)\.(\d+)$/.exec(id) ?? [];
  return launch === undefined ? undefined : { launch, seq: Number(seq) };
};

/** Whether an event was not seen before: streams repeat events when they resume. Events without an id always count. */
export const isNews = (state: LaunchState, id: string): boolean => {
  const parsed = parseEventId(id);
  return parsed === undefined || parsed.launch !== state.launch || parsed.seq > state.seq;
};

/** Whether an event belongs to another launch than the one shown, so that what is shown is out of date. */
export const isOtherLaunch = (state: LaunchState, id: string): boolean => {
  const parsed = parseEventId(id);
  return parsed !== undefined && state.launch !== '' && parsed.launch !== state.launch;
};

const lastLine = (message: string): string =>
  plainText(
    message
      .trimEnd()
      .split(/[\r\n]/)
      .at(-1) ?? '',
  ).trim();

const mergeStep = (steps: readonly BuildStep[], step: BuildStep | undefined): readonly BuildStep[] => {
  if (step === undefined) return steps;
  const known = steps.findLastIndex(({ name }) => name === step.name);
  return known === -1 ? [...steps, step] : steps.with(known, step);
};

const progress = (state: LaunchState, event: Extract<DeliveredEvent, { step?: BuildStep }>): LaunchState => {
  const stage = event.phase === 'waiting' ? 'lookup' : event.phase === 'launching' ? 'start' : 'build';
  return {
    ...state,
    stages: advanceStages(state.stages, stage, event.at),
    steps: mergeStep(state.steps, event.step),
    detail: lastLine(event.message) || state.detail,
  };
};

const applyEvent = (state: LaunchState, event: DeliveredEvent): LaunchState => {
  switch (event.phase) {
    case 'waiting':
    case 'fetching':
    case 'building':
    case 'launching':
      return progress(state, event);
    case 'built':
      return { ...state, stages: advanceStages(state.stages, 'start', event.at), detail: lastLine(event.message) };
    case 'ready':
      return {
        ...state,
        stages: finishStages(state.stages, event.at),
        detail: '',
        outcome: { kind: 'ready', enterUrl: event.enterUrl, path: event.path },
      };
    case 'failed':
      return {
        ...state,
        stages: failStage(state.stages, event.at),
        detail: '',
        outcome: { kind: 'failed', failure: event },
      };
    default:
      return event satisfies never;
  }
};

/** Applies what the stream said to what is shown. */
export const reduceLaunch = (state: LaunchState, input: LaunchInput): LaunchState => {
  if (input.kind === 'connection') return { ...state, connection: input.connection };
  if (!isNews(state, input.id)) return state;
  const known = isOtherLaunch(state, input.id) ? { ...INITIAL_LAUNCH_STATE, connection: state.connection } : state;
  return { ...applyEvent(known, input.event), ...parseEventId(input.id) };
};
