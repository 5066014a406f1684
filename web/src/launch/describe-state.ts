import type { LaunchState } from './launch-state.ts';
import { type StageName, activeStage } from './stages.ts';

/** The state of a launch in the words of the page: one for the tab, a sentence for the page. */
export type StateDescription = {
  readonly tone: 'working' | 'ready' | 'failed';
  readonly word: string;
  readonly headline: string;
};

const AT_WORK: Readonly<Record<StageName, readonly [word: string, headline: string]>> = {
  lookup: ['Looking up', 'Looking up the repository'],
  build: ['Building', 'Building the environment'],
  start: ['Starting', 'Starting the session'],
  ready: ['Ready', 'Opening the session'],
};

/** Puts the state of a launch into words. */
export const describeState = ({ outcome, stages, connection }: LaunchState): StateDescription => {
  if (outcome.kind === 'ready') return { tone: 'ready', word: 'Ready', headline: 'Ready. Opening the session…' };
  if (outcome.kind === 'failed') return { tone: 'failed', word: 'Failed', headline: 'The launch failed' };
  if (connection === 'given-up')
    return { tone: 'failed', word: 'No connection', headline: 'The server does not answer' };
  const [word, headline] = AT_WORK[activeStage(stages) ?? 'lookup'];
  return { tone: 'working', word, headline };
};
