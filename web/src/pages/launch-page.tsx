import { useComputed } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { showInTab } from '../browser/show-in-tab.ts';
import { LaunchHeading } from '../components/launch-heading.tsx';
import { LaunchOutcome } from '../components/launch-outcome.tsx';
import { LaunchProgress } from '../components/launch-progress.tsx';
import { LogPanel } from '../components/log-panel.tsx';
import { describeRequest } from '../launch/describe-request.ts';
import { describeState } from '../launch/describe-state.ts';
import { makeBuildUrl } from '../launch/make-build-url.ts';
import { startLaunch } from '../launch/start-launch.ts';
import { makeEntryUrl, readTarget } from '../launch/target-path.ts';
import { createLogScreen } from '../log/log-screen.ts';
import { keepLaunch } from '../sessions/kept-launches.ts';

type LaunchPageProps = {
  readonly provider: string;
  /** As the browser sent it, percent-encoded. */
  readonly spec: string;
  readonly search: string;
};

const makeFileName = (title: string): string => `slipway-${title.replace(/[^\w.-]+/g, '-')}.log`;

/** Follows a launch and becomes the session when that is ready. */
export const LaunchPage = ({ provider, spec, search }: LaunchPageProps) => {
  const request = useMemo(() => describeRequest(provider, spec, search), []);
  const target = useMemo(() => readTarget(search), []);
  const log = useMemo(createLogScreen, []);
  const launch = useMemo(() => startLaunch(makeBuildUrl(provider, spec, search), log), []);
  useEffect(() => launch.stop, []);

  const description = useComputed(() => describeState(launch.state.value));
  useEffect(() => showInTab(description.value, request.title), [description.value.word]);

  const { outcome, launch: id } = launch.state.value;
  useEffect(() => {
    if (outcome.kind !== 'ready') return;
    keepLaunch(localStorage, { id, title: request.title });
    location.replace(makeEntryUrl(outcome.enterUrl, outcome.path ?? target.path));
  }, [outcome]);

  return (
    <>
      <LaunchHeading provider={provider} request={request} refused={target.refused} />
      <LaunchProgress state={launch.state.value} description={description.value} />
      <LaunchOutcome state={launch.state.value} />
      <LogPanel log={log} fileName={makeFileName(request.title)} />
    </>
  );
};
