import { describe, expect, it } from 'vitest';
import type { LaunchEvent } from '../../../services/contracts/launch-event.ts';
import { SlipwayError } from '../../../services/contracts/slipway-error.ts';
import { makeFailedEvent } from '../../../services/launcher/events/make-launch-event.ts';
import { createLaunchMeasure } from '../../../services/launcher/events/measure-launch.ts';
import { createMetrics } from '../../../services/launcher/metrics.ts';

const built: LaunchEvent = { phase: 'built', message: '', at: 61_000, imageName: 'test/x:1' };
const building: LaunchEvent = { phase: 'building', message: '', at: 1000 };
const ready: LaunchEvent = {
  phase: 'ready',
  message: '',
  at: 63_000,
  url: 'http://h/s/x/',
  image: 'test/x:1',
  sessionId: 'x',
  repo_url: 'https://secret.example/owner/repo',
  binder_ref_url: '',
  binder_launch_host: '',
  binder_request: '',
  binder_persistent_request: '',
};

/** The samples of BinderHub's launch and build metrics after a launch of these events. */
const measure = async (...events: readonly LaunchEvent[]): Promise<readonly string[]> => {
  const metrics = createMetrics();
  events.forEach(createLaunchMeasure({ metrics, provider: 'gh', startedAt: 0 }));
  const text = await metrics.render();
  expect(text).not.toContain('secret.example');
  return text.split('\n').filter((line) => /^binderhub_(build|launch)_(count_total|time_seconds_sum)/.test(line));
};

describe('the metrics of a launch that dashboards of BinderHub read', () => {
  it('are its build and its start', async () => {
    expect(await measure(building, built, ready)).toEqual([
      'binderhub_build_count_total{status="success",provider="gh"} 1',
      'binderhub_launch_count_total{status="success",provider="gh"} 1',
      'binderhub_build_time_seconds_sum{status="success"} 60',
      'binderhub_launch_time_seconds_sum{status="success",retries="0"} 2',
    ]);
  });

  it('are its start alone when the image was there', async () => {
    expect(await measure(built, ready)).toEqual([
      'binderhub_launch_count_total{status="success",provider="gh"} 1',
      'binderhub_launch_time_seconds_sum{status="success",retries="0"} 2',
    ]);
  });

  it('are its build alone when no more was asked for', async () => {
    const image: LaunchEvent = { phase: 'ready', message: '', at: 61_000, imageName: 'test/x:1' };
    expect(await measure(building, built, image)).toEqual([
      'binderhub_build_count_total{status="success",provider="gh"} 1',
      'binderhub_build_time_seconds_sum{status="success"} 60',
    ]);
  });

  it('say that there was no room', async () => {
    expect(await measure(makeFailedEvent(new SlipwayError('LIMIT_QUEUE_FULL'), 1000))).toEqual([
      'binderhub_launch_count_total{status="pod_quota",provider="gh"} 1',
    ]);
  });

  it('tell a failed build from a failed start', async () => {
    const failed = makeFailedEvent(new SlipwayError('LAUNCH_INTERNAL'), 71_000);
    expect(await measure(building, failed)).toEqual([
      'binderhub_build_count_total{status="failure",provider="gh"} 1',
      'binderhub_build_time_seconds_sum{status="failure"} 70',
    ]);
    expect(await measure(built, failed)).toEqual([
      'binderhub_launch_count_total{status="failure",provider="gh"} 1',
      'binderhub_launch_time_seconds_sum{status="failure",retries="-1"} 10',
    ]);
  });
});
