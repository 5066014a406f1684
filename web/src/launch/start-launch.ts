import { type ReadonlySignal, signal } from '@preact/signals';
import { createFrameBatch } from '../browser/frame-batch.ts';
import type { LogScreen } from '../log/log-screen.ts';
import { type DeliveredEvent, INITIAL_LAUNCH_STATE, isNews, isOtherLaunch, reduceLaunch } from './launch-state.ts';
import type { LaunchState } from './launch-state.ts';
import { followLaunch } from './launch-stream.ts';

export type Launch = { readonly state: ReadonlySignal<LaunchState>; readonly stop: () => void };

const withLineEnd = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);

// Progress carries its own line ends and may stop in the middle of a line; the last word always ends one.
const logText = ({ phase, message }: DeliveredEvent): string =>
  phase === 'failed' || phase === 'built' || phase === 'ready' ? withLineEnd(message) : message;

/** Starts following a launch: writes its log and keeps its state, which changes at most once a frame. */
export const startLaunch = (url: string, log: LogScreen): Launch => {
  const shown = signal(INITIAL_LAUNCH_STATE);
  let state = INITIAL_LAUNCH_STATE;
  const publish = createFrameBatch(() => {
    shown.value = state;
  });
  const stop = followLaunch(url, {
    onConnection: (connection) => {
      state = reduceLaunch(state, { kind: 'connection', connection });
      publish.request();
    },
    onEvent: (id, event) => {
      if (!isNews(state, id)) return;
      if (isOtherLaunch(state, id)) log.clear();
      log.write(logText(event));
      state = reduceLaunch(state, { kind: 'event', id, event });
      if (state.outcome.kind === 'running') return publish.request();
      stop();
      publish.flush();
    },
  });
  return { state: shown, stop };
};
