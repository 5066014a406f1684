import type { LaunchState } from '../launch/launch-state.ts';
import { FailurePanel } from './failure-panel.tsx';

/** What is left to say when a launch has ended badly; nothing otherwise. */
export const LaunchOutcome = ({ state }: { readonly state: LaunchState }) => {
  if (state.outcome.kind === 'failed') {
    const { code, message, hint, log, retry } = state.outcome.failure;
    return <FailurePanel code={code} message={message} hint={hint} log={log} canRetry={retry} />;
  }
  if (state.outcome.kind === 'ready' || state.connection !== 'given-up') return null;
  return (
    <FailurePanel
      message="The connection to the server was lost and could not be made again."
      hint="Check your network, then try again. What was built until now is kept."
      canRetry
    />
  );
};
