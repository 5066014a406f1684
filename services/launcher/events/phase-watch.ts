import type { LaunchEvent, ProgressPhase } from '../../contracts/launch-event.ts';

/** A part of a launch that time was spent in. */
export type Phase = {
  readonly name: ProgressPhase;
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** Whether the launch failed in it. */
  readonly failed: boolean;
};

/** The phase that begins with an event; undefined for the last event of a launch. */
const phaseAfter = (event: LaunchEvent): ProgressPhase | undefined => {
  switch (event.phase) {
    case 'waiting':
    case 'fetching':
    case 'building':
    case 'launching':
      return event.phase;
    case 'built':
      return 'launching';
    case 'ready':
    case 'failed':
      return undefined;
    default:
      return event satisfies never;
  }
};

/** Makes the observer of one launch, which tells each phase as it ends; call it with each event in order. */
export const createPhaseWatch = (startedAt: number, onPhase: (phase: Phase) => void) => {
  let current: { readonly name: ProgressPhase; readonly from: number } | undefined = {
    name: 'waiting',
    from: startedAt,
  };
  return (event: LaunchEvent): void => {
    const next = phaseAfter(event);
    if (current === undefined || current.name === next) return;
    onPhase({ ...current, to: Math.max(current.from, event.at), failed: event.phase === 'failed' });
    current = next === undefined ? undefined : { name: next, from: event.at };
  };
};
