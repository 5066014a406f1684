import type { LaunchEvent } from '../../contracts/launch-event.ts';
import type { Obstacle } from './decide-admission.ts';
import type { WaitingPlace } from './standings.ts';

const REASONS: Readonly<Record<Obstacle, string>> = {
  total: 'All sessions are in use',
  repository: 'All sessions that this repository may have are in use',
  client: 'All sessions that your network may have are in use',
};

const renderTime = (seconds: number): string =>
  seconds < 90 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;

/** Says where a launch stands in the queue, for people and for programs. */
export const makeWaitingEvent = ({ position, obstacle, estimateSeconds }: WaitingPlace, at: number): LaunchEvent => {
  const place = position === 1 ? 'this launch is next' : `this launch is number ${position} in the queue`;
  const estimate = estimateSeconds === undefined ? '' : `, in about ${renderTime(estimateSeconds)}`;
  return {
    phase: 'waiting',
    message: `${REASONS[obstacle]}; ${place}${estimate}.\n`,
    at,
    position,
    ...(estimateSeconds === undefined ? {} : { estimateSeconds }),
  };
};

type BuildWait = {
  readonly queued: number;
  readonly running: number;
  /** Seconds that builds of this repository usually take. */
  readonly usual: number | undefined;
  readonly at: number;
};

/** Says that an image must be built, after how many others, and how long that usually takes. */
export const makeBuildWaitingEvent = ({ queued, running, usual, at }: BuildWait): LaunchEvent => {
  const place = queued + running === 0 ? '' : ` Builds queued: ${queued}, running: ${running}.`;
  const estimateSeconds = usual === undefined ? undefined : Math.max(1, Math.ceil(usual));
  const estimate = estimateSeconds === undefined ? '' : ` It usually takes ${renderTime(estimateSeconds)}.`;
  return {
    phase: 'waiting',
    message: `The image of this commit must be built.${place}${estimate}\n`,
    at,
    ...(estimateSeconds === undefined ? {} : { estimateSeconds }),
  };
};
