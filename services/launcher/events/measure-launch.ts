import { isSessionReady, type LaunchEvent } from '../../contracts/launch-event.ts';
import type { Metrics } from '../metrics.ts';
import { createPhaseWatch, type Phase } from './phase-watch.ts';

type LaunchMeasure = { readonly metrics: Metrics; readonly provider: string; readonly startedAt: number };

const seconds = (from: number, to: number): number => Math.max(0, to - from) / 1000;

const observePhases = (metrics: Metrics, phases: readonly Phase[], cache: string): void => {
  for (const { name: phase, from, to, failed } of phases) {
    const outcome = failed ? 'failure' : 'success';
    metrics.observe('slipway_phase_seconds', seconds(from, to), { phase, outcome, cache });
  }
};

/** Makes the observer of one launch, which turns its events into metrics; call it with each event in order. */
export const createLaunchMeasure = ({ metrics, provider, startedAt }: LaunchMeasure) => {
  let buildStartedAt: number | undefined;
  let builtAt: number | undefined;
  const phases: Phase[] = [];
  const watch = createPhaseWatch(startedAt, (phase) => void phases.push(phase));

  const endBuild = (status: string, at: number): void => {
    if (buildStartedAt === undefined) return;
    metrics.observe('binderhub_build_time_seconds', seconds(buildStartedAt, at), { status });
    metrics.count('binderhub_build_count_total', { status, provider });
  };
  const endLaunch = (status: string, { at, wantsSession }: { at: number; wantsSession: boolean }): void => {
    const retries = status === 'success' ? 0 : -1;
    if (builtAt !== undefined && wantsSession) {
      metrics.observe('binderhub_launch_time_seconds', seconds(builtAt, at), { status, retries });
      metrics.count('binderhub_launch_count_total', { status, provider });
    }
    const cache = buildStartedAt === undefined ? 'found' : 'built';
    metrics.observe('slipway_launch_seconds', seconds(startedAt, at), { outcome: status, cache });
    observePhases(metrics, phases, cache);
  };

  return (event: LaunchEvent): void => {
    watch(event);
    switch (event.phase) {
      case 'waiting':
      case 'launching':
        return;
      case 'fetching':
      case 'building':
        buildStartedAt ??= event.at;
        return;
      case 'built':
        endBuild('success', event.at);
        builtAt = event.at;
        return;
      case 'ready':
        endLaunch('success', { at: event.at, wantsSession: isSessionReady(event) });
        return;
      case 'failed':
        if (builtAt === undefined) endBuild('failure', event.at);
        endLaunch('failure', { at: event.at, wantsSession: true });
        metrics.count('slipway_launch_failures_total', { code: event.code });
        if (event.code === 'LIMIT_QUEUE_FULL')
          metrics.count('binderhub_launch_count_total', { status: 'pod_quota', provider });
    }
  };
};
